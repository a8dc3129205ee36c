package io.tawara.catalog.adhoc;

import io.tawara.core.error.TawaraException;
import io.tawara.core.error.TawaraException.Category;
import io.tawara.core.tenancy.TenantSchema;
import io.trino.sql.parser.ParsingException;
import io.trino.sql.parser.SqlParser;
import io.trino.sql.tree.DefaultTraversalVisitor;
import io.trino.sql.tree.Explain;
import io.trino.sql.tree.FunctionCall;
import io.trino.sql.tree.Node;
import io.trino.sql.tree.QualifiedName;
import io.trino.sql.tree.Query;
import io.trino.sql.tree.ShowColumns;
import io.trino.sql.tree.ShowTables;
import io.trino.sql.tree.Statement;
import io.trino.sql.tree.Table;
import io.trino.sql.tree.TableFunctionInvocation;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/// A statement that only reads, and only the tables of one tenant. That is decided by Trino's own
/// parser: what it does not read as such a statement does not become one of these.
public final class TenantQuery {
  private static final int LONGEST = 100_000;
  private static final SqlParser PARSER = new SqlParser();

  /// Functions that tell about the cluster or run something elsewhere.
  private static final Set<String> REFUSED_FUNCTIONS = Set.of("fail");

  private final String sql;

  private TenantQuery(String sql) {
    this.sql = sql;
  }

  /// The statement as it was written, without its closing semicolon.
  public String sql() {
    return sql;
  }

  /// Reads a statement.
  ///
  /// @param catalog the only catalog that may be named
  /// @throws TawaraException of [Category#INPUT] for what is not SQL, of [Category#FORBIDDEN] for
  ///   what is not a query of this tenant's tables
  public static TenantQuery parse(String text, TenantSchema tenant, String catalog) {
    String sql = text.strip();
    while (sql.endsWith(";")) {
      sql = sql.substring(0, sql.length() - 1).stripTrailing();
    }
    if (sql.length() > LONGEST) {
      throw new TawaraException(
          Category.INPUT, "a query may have " + LONGEST + " characters, not " + sql.length());
    }
    Statement statement;
    try {
      statement = PARSER.createStatement(sql);
    } catch (ParsingException wrong) {
      throw new TawaraException(Category.INPUT, wrong.getMessage(), wrong);
    } catch (StackOverflowError nested) {
      throw new TawaraException(Category.INPUT, "the query is nested too deeply", nested);
    }
    var rule = new Rule(tenant, catalog);
    switch (statement) {
      case Query query -> rule.check(query);
      case Explain explain when explain.getStatement() instanceof Query query -> rule.check(query);
      case ShowTables tables -> tables.getSchema().ifPresent(rule::checkSchema);
      case ShowColumns columns -> rule.checkTable(columns.getTable());
      default ->
          throw refused(
              "only queries are allowed (SELECT, WITH, VALUES, TABLE, EXPLAIN of these, SHOW"
                  + " TABLES, DESCRIBE)");
    }
    return new TenantQuery(sql);
  }

  private static TawaraException refused(String reason) {
    return new TawaraException(Category.FORBIDDEN, reason);
  }

  /// What every part of a statement must keep to.
  private static final class Rule extends DefaultTraversalVisitor<Void> {
    private final TenantSchema tenant;
    private final String catalog;

    Rule(TenantSchema tenant, String catalog) {
      this.tenant = tenant;
      this.catalog = catalog;
    }

    void check(Node node) {
      try {
        process(node, null);
      } catch (StackOverflowError nested) {
        throw new TawaraException(Category.INPUT, "the query is nested too deeply", nested);
      }
    }

    @Override
    protected Void visitTable(Table table, Void context) {
      checkTable(table.getName());
      return super.visitTable(table, context);
    }

    @Override
    protected Void visitTableFunctionInvocation(TableFunctionInvocation call, Void context) {
      throw refused("table functions are not allowed: " + call.getName());
    }

    @Override
    protected Void visitFunctionCall(FunctionCall call, Void context) {
      if (REFUSED_FUNCTIONS.contains(call.getName().getSuffix().toLowerCase(Locale.ROOT))) {
        throw refused("the function is not allowed: " + call.getName());
      }
      return super.visitFunctionCall(call, context);
    }

    /// A plain name is of the session's schema, which is the tenant's, or of a `with`.
    void checkTable(QualifiedName name) {
      List<String> parts = name.getParts();
      checkSchema(parts.subList(0, parts.size() - 1));
    }

    void checkSchema(QualifiedName name) {
      checkSchema(name.getParts());
    }

    private void checkSchema(List<String> parts) {
      boolean own =
          switch (parts.size()) {
            case 0 -> true;
            case 1 -> isTenant(parts.getFirst());
            case 2 -> parts.get(0).equalsIgnoreCase(catalog) && isTenant(parts.get(1));
            default -> false;
          };
      if (!own) {
        throw refused(
            "only tables of " + tenant + " can be queried, not " + String.join(".", parts));
      }
    }

    private boolean isTenant(String schema) {
      return schema.equalsIgnoreCase(tenant.name());
    }
  }
}
