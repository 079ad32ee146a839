package autopsy

import "math"

// An idleDefault is a placeholder.
type idleDefault struct {
	name, setting string
	seconds       float64
}

var idleDefaults = []idleDefault{
	{"nginx", "proxy_read_timeout", 60},
	{"HAProxy (Debian)", "timeout client, timeout server", 50},
}

// idleTimeout looks whether the idle time is the timeout of a known product.
func (c *Connection) idleTimeout() {
	idle, ok := c.facts["idle"].(float64)
	if !ok || c.How != "fin" && c.How != "reset" && c.How != "notify" {
		return
	}
	for _, d := range idleDefaults {
		if math.Abs(idle-d.seconds) <= 0.25+d.seconds/500 {
			c.facts["timeout"], c.facts["timeout_default"], c.facts["timeout_setting"] = d.name, d.seconds, d.setting
			return
		}
	}
	if r := math.Round(idle/5) * 5; r >= 5 && math.Abs(idle-r) <= 0.1 {
		c.facts["round"] = r
	}
}
