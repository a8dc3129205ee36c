/// The OpenShift cost engine: rates become cost rows of the daily summary, overhead is distributed
/// (`docs/design/cost-engine.md`).
package io.tawara.analytics.cost;
