/// Which rows of a cloud's bill belong to which OpenShift cluster and how its projects share them:
/// `docs/design/openshift-on-cloud.md`.
package io.tawara.analytics.oncloud;
