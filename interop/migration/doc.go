// Package migration has the code of docs/migration.md: how an application of another
// library closes a connection, and learns that it was closed, before and after it
// uses closeframe.
package migration

import "time"

// timeout bounds closing.
const timeout = 5 * time.Second
