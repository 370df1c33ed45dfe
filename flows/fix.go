package flows

import "github.com/vrep/vrep/flows/lint"

// Fix repairs the slips of form in one file of a folder that need no guess (see lint.Fix), full-width signs in conditions among them. It returns the
// findings repaired; out is data itself when there are none.
func Fix(name string, data []byte) (out []byte, fixed []Problem) {
	return lint.Fix(name, data, func(d []byte, s *lint.Sink) { loadInto(map[string][]byte{name: d}, true, s) })
}
