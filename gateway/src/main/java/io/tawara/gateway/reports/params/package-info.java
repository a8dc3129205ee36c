/// Query strings of reports, tags and forecasts: taken apart, checked against what an endpoint
/// takes, and turned into values. No HTTP here; a refusal is an
/// [io.tawara.gateway.reports.params.InvalidParameters] that carries the body of the answer.
package io.tawara.gateway.reports.params;
