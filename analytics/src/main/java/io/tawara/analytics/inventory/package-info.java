/// What is known beside figures, as values: which tags and which resources a tenant's data have,
/// and the statements that list them.
package io.tawara.analytics.inventory;
