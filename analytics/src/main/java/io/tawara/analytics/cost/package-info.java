/// The OpenShift cost engine: rates become cost rows of the daily summary, overhead is distributed
/// (`docs/design/costs.md`).
package io.tawara.analytics.cost;
