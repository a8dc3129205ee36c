/// Where line items are put, whichever way a mode keeps them: `docs/design/landing.md`.
package io.tawara.ingest.landing;
