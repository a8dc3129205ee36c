/// Answers about tenants' data as bytes: kept by data version, computed once however many ask,
/// within bounds. See `docs/design/reports.md`.
package io.tawara.gateway.serving;
