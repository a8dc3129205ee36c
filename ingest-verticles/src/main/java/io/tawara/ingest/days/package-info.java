/// Hours become days: rows are added up in memory by their group, whatever report they come from.
package io.tawara.ingest.days;
