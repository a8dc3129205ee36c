/// Queries that people write themselves: `docs/design/ad-hoc-queries.md`.
package io.tawara.catalog.adhoc;
