/// What is known about a tenant beside its figures: settings, tag keys, cost groups, rates. Read in
/// one round trip and remembered as long as the tenant's data version stays.
package io.tawara.gateway.facts;
