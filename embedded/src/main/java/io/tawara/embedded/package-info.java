/// PostgreSQL, Kafka and an S3-compatible object store on loopback, for development and tests.
/// Nothing here is meant for production; `up` says so wherever it uses one of these.
package io.tawara.embedded;
