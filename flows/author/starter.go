package author

import (
	"embed"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"
)

//go:embed starter/*.yaml
var starterFS embed.FS

// ErrNoStarter says that there is no starter of that kind.
var ErrNoStarter = errors.New("no such kind of starter")

// NewFile is one file of a starter, named within the folder of flows.
type NewFile struct {
	Name string
	Data []byte
	Once bool // written only where the folder has none
}

// Starter is a flow to begin with: the flow, its test, and settings for a folder that has none. All pass lint and test as they are.
func Starter(kind, name string) ([]NewFile, error) {
	if !slices.Contains(StarterKinds(), kind) {
		return nil, fmt.Errorf("starting %q: %w", kind, ErrNoStarter)
	}
	out := []NewFile{{Name: name + ".yaml"}, {Name: "tests/" + name + ".test.yaml"}, {Name: "_config.yaml", Once: true}}
	for i, file := range []string{kind + ".flow.yaml", kind + ".test.yaml", "_config.yaml"} {
		data, err := starterFS.ReadFile(path.Join("starter", file))
		if err != nil {
			return nil, fmt.Errorf("reading embedded starter: %w", err)
		}
		out[i].Data = []byte(strings.ReplaceAll(string(data), "NAME", name))
	}
	return out, nil
}

// StarterKinds lists the kinds of starters.
func StarterKinds() []string { return []string{"survey", "visit", "meeting"} }
