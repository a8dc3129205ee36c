package io.tawara.catalog.adhoc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tawara.core.error.TawaraException;
import io.tawara.core.error.TawaraException.Category;
import io.tawara.core.tenancy.TenantSchema;
import java.util.List;
import org.junit.jupiter.api.Test;

class TenantQueryTest {
  private static final TenantSchema TENANT = new TenantSchema("org1");

  private static TenantQuery parse(String sql) {
    return TenantQuery.parse(sql, TENANT, "hive");
  }

  @Test
  void queriesOfTheTenantsTablesAreAllowed() {
    for (String sql :
        List.of(
            "select 1",
            "SELECT * FROM aws_line_items_daily WHERE month = '11' LIMIT 5;",
            "select * from org1.aws_line_items",
            "select * from hive.org1.aws_line_items",
            "with a as (select * from aws_line_items) select * from a union all table a",
            "values 1, 2",
            "select 'drop table x', \"delete\" from (select 1 as \"delete\")",
            "select * from \"aws_line_items$partitions\"",
            "explain select * from aws_line_items",
            "show tables",
            "show tables from hive.org1",
            "describe aws_line_items")) {
      assertThat(parse(sql).sql()).as(sql).isEqualTo(sql.replace(";", ""));
    }
  }

  @Test
  void everythingElseIsRefused() {
    for (String sql :
        List.of(
            "delete from aws_line_items",
            "insert into aws_line_items select * from aws_line_items",
            "update aws_line_items set month = '1'",
            "drop table aws_line_items",
            "create table x as select 1 as a",
            "alter table aws_line_items add column a bigint",
            "grant select on aws_line_items to public",
            "call system.flush_metadata_cache()",
            "explain analyze select 1",
            "explain delete from aws_line_items",
            "set session query_max_run_time = '1d'",
            "use org2",
            "show schemas",
            "show catalogs",
            "show tables from org2",
            "describe org2.aws_line_items",
            "select * from org2.aws_line_items",
            "select * from hive.org2.aws_line_items",
            "select * from other.org1.aws_line_items",
            "select * from information_schema.tables",
            "select * from system.runtime.queries",
            "select (select max(a) from org2.t) from aws_line_items",
            "select * from aws_line_items where exists (select 1 from org2.t)",
            "with x as (select * from org2.t) select 1 from x",
            "select * from a join org2.b using (c)",
            "select * from table(system.query(query => 'drop table x'))",
            "execute immediate 'drop table x'",
            "prepare a from select 1")) {
      assertThatThrownBy(() -> parse(sql))
          .as(sql)
          .isInstanceOfSatisfying(
              TawaraException.class,
              refused -> assertThat(refused.category()).isEqualTo(Category.FORBIDDEN));
    }
  }

  @Test
  void whatIsNoSqlIsAnError() {
    for (String sql :
        List.of("", "selec 1", "select 1; drop table x", "select", "(".repeat(20_000))) {
      assertThatThrownBy(() -> parse(sql))
          .isInstanceOfSatisfying(
              TawaraException.class,
              wrong -> assertThat(wrong.category()).isEqualTo(Category.INPUT));
    }
  }
}
