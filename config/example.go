package config

import (
	"fmt"
	"strings"
)

// Example is config.example.yaml, written from the table of settings.
func Example() string {
	var b strings.Builder
	b.WriteString("# Settings of vrep. Every key also works as an environment variable: VREP_ and the key in upper case;\n")
	b.WriteString("# VREP_…_FILE names a file that holds the value. The environment wins over this file.\n")
	for _, s := range Settings() {
		if s.Section != "" {
			fmt.Fprintf(&b, "\n# --- %s ---\n", s.Section)
		}
		fmt.Fprintf(&b, "\n# %s\n", s.Doc)
		if s.Default == "" {
			fmt.Fprintf(&b, "# %s:\n", s.Key)
			continue
		}
		fmt.Fprintf(&b, "%s: %q\n", s.Key, s.Default)
	}
	return b.String()
}
