/// Sample data: payloads as an OpenShift metrics operator sends them. The same arguments give the
/// same bytes, on every machine.
package io.tawara.app.sample;
