/// The bills of clouds: CSV becomes line items. `docs/design/bills.md`
package io.tawara.ingest.bills;
