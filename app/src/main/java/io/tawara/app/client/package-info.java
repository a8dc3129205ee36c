/// Commands that talk to a running Tawara, over HTTP as everybody else does.
package io.tawara.app.client;
