package io.tawara.gateway.internal;

import static io.tawara.gateway.internal.Listing.time;

import io.tawara.gateway.GatewayServices;
import io.tawara.gateway.http.Answer;
import io.tawara.gateway.http.Endpoint;
import io.tawara.gateway.http.HttpError;
import io.tawara.gateway.http.Json;
import io.tawara.gateway.http.Page;
import io.tawara.gateway.http.Request;
import io.tawara.gateway.internal.Listing.Bound;
import io.tawara.gateway.internal.Listing.Filter;
import io.vertx.core.Future;
import io.vertx.sqlclient.Tuple;
import java.util.List;

/// What came in and what became of it: uploads, files, deliveries.
final class LedgerEndpoints {
  private static final Listing FILES =
      new Listing(
          """
          'id', f.id, 'request_id', f.request_id, 'provider_uuid', f.provider_uuid,
          'org_id', f.org_id, 'manifest_id', f.manifest_id, 'name', f.name, 'kind', f.kind,
          'report_type', f.report_type, 'state', f.state, 'origin', f.origin, 'etag', f.etag,
          'bytes', f.bytes, 'rows_read', f.rows_read, 'rows_written', f.rows_written,
          'rows_skipped', f.rows_skipped, 'notes', f.notes, 'tries', f.tries, 'error', f.error,
          'quarantine_key', f.quarantine_key, 'received', %s, 'started', %s, 'completed', %s
          """
              .formatted(time("f.received"), time("f.started"), time("f.completed")),
          "from public.file f",
          "f.id desc",
          List.of(
              Filter.text("request_id", "f.request_id"),
              Filter.text("org_id", "f.org_id"),
              Filter.text("state", "f.state"),
              Filter.text("kind", "f.kind"),
              Filter.text("manifest_id", "f.manifest_id::text"),
              Filter.text("provider_uuid", "f.provider_uuid::text"),
              Filter.text("name", "f.name")));

  private static final Listing UPLOADS =
      new Listing(
          """
          'request_id', u.request_id, 'org_id', u.org_id, 'account', u.account,
          'object_key', u.object_key, 'bytes', u.bytes, 'state', u.state, 'reason', u.reason,
          'accepted', %s, 'announced', %s, 'received', %s, 'completed', %s
          """
              .formatted(
                  time("u.accepted"), time("u.announced"), time("u.received"), time("u.completed")),
          "from public.upload u",
          "u.accepted desc, u.request_id",
          List.of(
              Filter.text("request_id", "u.request_id"),
              Filter.text("org_id", "u.org_id"),
              Filter.text("state", "u.state")));

  private static final String STEPS = "(select jsonb_path_exists(m.state, '$.*.%s'))";
  private static final String MANIFEST =
      """
      'id', m.id, 'assembly_id', m.assembly_id, 'creation_datetime', %s,
      'completed_datetime', %s, 'export_datetime', %s, 'billing_period_start_datetime', %s,
      'provider_id', m.provider_uuid, 's3_csv_cleared', false, 's3_parquet_cleared', false,
      'operator_version', m.operator_version, 'state', m.state
      """
          .formatted(
              time("m.creation_datetime"),
              time("m.completed_datetime"),
              time("m.export_datetime"),
              time("m.billing_period_start_datetime"));
  private static final Listing MANIFESTS =
      new Listing(
          MANIFEST,
          """
          from public.manifest m
          left join public.api_provider p on p.uuid = m.provider_uuid
          left join public.api_customer c on c.id = p.customer_id
          """,
          "m.creation_datetime desc, m.id desc",
          List.of(
              Filter.text("provider", "m.provider_uuid::text"),
              Filter.contains("account_id", "c.account_id"),
              Filter.contains("org_id", "c.org_id"),
              Filter.contains("schema_name", "m.schema_name"),
              Filter.day("created_after", "m.creation_datetime >= %s"),
              Filter.day("created_before", "m.creation_datetime < %s"),
              Filter.day("completed_after", "m.completed_datetime >= %s"),
              Filter.day("completed_before", "m.completed_datetime < %s"),
              Filter.flag("failed", STEPS.formatted("failed")),
              Filter.flag(
                  "running",
                  "jsonb_path_exists(m.state, '$.* ? (exists (@.start) && !exists (@.end) &&"
                      + " !exists (@.failed))')"),
              Filter.flag("started", "m.state <> '{}'::jsonb")));

  private static final Listing REPORTS =
      new Listing(
          """
          'id', f.id, 'manifest', f.manifest_id, 'report_name', f.name,
          'completed_datetime', %s, 'started_datetime', %s, 'etag', f.etag,
          'status', case f.state when 'expected' then 'NEW' when 'processing' then 'PROCESSING'
                    when 'quarantined' then 'FAILED' else 'DONE' end,
          'failed_status', case when f.state = 'quarantined' then f.error end,
          'celery_task_id', null
          """
              .formatted(time("f.completed"), time("f.started")),
          "from public.file f",
          "f.id",
          List.of(
              new Filter(
                  "status",
                  "(f.state in ('done', 'skipped', 'forwarded')) = %s",
                  text -> text.equals("1"))));

  private final GatewayServices services;

  LedgerEndpoints(GatewayServices services) {
    this.services = services;
  }

  List<Endpoint.Builder> endpoints() {
    return List.of(
        InternalEndpoints.internal("ledger/")
            .described("Ledger", "Every file that came in, newest first.")
            .get(request -> FILES.answer(services.reads(), request)),
        InternalEndpoints.internal("uploads/")
            .described("Uploads", "Every upload, newest first.")
            .get(request -> UPLOADS.answer(services.reads(), request)),
        InternalEndpoints.internal("manifests/")
            .described("Manifests", "Every delivery, newest first.")
            .get(request -> MANIFESTS.answer(services.reads(), request)),
        InternalEndpoints.internal("manifests/{id}/")
            .described("Manifest", "One delivery and its failed files.")
            .get(this::manifest),
        InternalEndpoints.internal("manifests/{id}/reports/")
            .described("Manifest files", "The files of a delivery.")
            .get(
                request ->
                    REPORTS.answer(
                        services.reads(),
                        request,
                        Page.of(request.query(), Page.Bounds.LIST),
                        List.of(new Bound("f.manifest_id = %s", id(request))))));
  }

  private Future<Answer> manifest(Request request) {
    String sql =
        "select jsonb_build_object('manifest', jsonb_build_object("
            + MANIFEST
            + "), 'failed_reports', coalesce((select jsonb_agg(jsonb_build_object("
            + REPORTS.columns()
            + ") order by f.id) from public.file f where f.manifest_id = m.id and f.state ="
            + " 'quarantined'), '[]'::jsonb))::text from public.manifest m where m.id = $1";
    return services
        .reads()
        .publicQuery(sql, Tuple.of(id(request)))
        .map(
            rows -> {
              if (rows.size() == 0) {
                throw HttpError.notFound();
              }
              return Answer.json(Json.stored(rows.iterator().next().getString(0)));
            });
  }

  private static Integer id(Request request) {
    String text = request.pathParameter("id");
    boolean number =
        !text.isEmpty() && text.length() < 10 && text.chars().allMatch(c -> c >= '0' && c <= '9');
    if (!number) {
      throw HttpError.notFound();
    }
    return Integer.valueOf(text);
  }
}
