/// What people see on a terminal, and machines in a pipe.
package io.tawara.app.terminal;
