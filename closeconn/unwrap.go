package closeconn

import (
	"net"
	"reflect"
)

// maxLayers bounds how deep unwrap goes.
const maxLayers = 32

// unwrap returns conn and the connections below it, from the top down, as far as
// their methods NetConn() net.Conn reach. It stops at nil, at a nil pointer, and
// at a connection that it has met before.
func unwrap(conn net.Conn) []net.Conn {
	layers := []net.Conn{conn}
	for len(layers) < maxLayers {
		c, ok := conn.(interface{ NetConn() net.Conn })
		if !ok {
			break
		}
		if conn = c.NetConn(); isNil(conn) || contains(layers, conn) {
			break
		}
		layers = append(layers, conn)
	}
	return layers
}

// isNil reports whether conn is nil or holds a nil pointer.
func isNil(conn net.Conn) bool {
	if conn == nil {
		return true
	}
	v := reflect.ValueOf(conn)
	return v.Kind() == reflect.Pointer && v.IsNil()
}

// contains reports whether conn is one of layers. Values of types that cannot be
// compared are not.
func contains(layers []net.Conn, conn net.Conn) bool {
	if !reflect.ValueOf(conn).Comparable() {
		return false
	}
	for _, l := range layers {
		if reflect.ValueOf(l).Comparable() && l == conn {
			return true
		}
	}
	return false
}
