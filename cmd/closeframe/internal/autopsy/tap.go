package autopsy

import (
	"github.com/closeframe/closeframe/closeevent"
	"github.com/closeframe/closeframe/closetap"
	"github.com/closeframe/closeframe/cmd/closeframe/internal/rulebook"
)

// An observer is a closetap.Conn with the sides of this package.
type observer struct{ closetap.Conn }

func tapSide(client bool) closetap.Side {
	if client {
		return closetap.Client
	}
	return closetap.Server
}

// fault returns the name of the first violation of a side, or "".
func (o *observer) fault(client bool) string {
	return rulebook.Name(o.Tap(tapSide(client)).Err())
}

// events returns the events of the applications of the client and the server.
func (o *observer) events() (client, server closeevent.Event) {
	r := o.Report()
	return r.Client.Told.Event, r.Server.Told.Event
}
