/// Selects on line items on either engine: PostgreSQL or Trino.
package io.tawara.catalog.query;
