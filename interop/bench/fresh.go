package main

// fresh returns an implementation that needs a new resource for each operation,
// such as a connection that can be closed only once. ready makes the resource
// for the i-th buffer of the pool, and is not measured. do does the work and
// returns its result.
func fresh[T any](name, note string, ready func(i int) T, do func(T) uint64) implementation {
	var all []T
	next := 0
	return implementation{
		name: name, note: note,
		prepare: func(n int) {
			all = all[:0]
			for range n {
				all = append(all, ready(next%poolSize))
				next++
			}
		},
		run: func(n int) (sum uint64) {
			for _, x := range all[:n] {
				sum += do(x)
			}
			return sum
		},
	}
}
