//go:build !race

package kernel

const raceEnabled = false

func raceRead(*byte, int)  {}
func raceWrite(*byte, int) {}
