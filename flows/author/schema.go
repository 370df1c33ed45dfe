package author

import (
	"cmp"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
)

//go:embed schema/*.json
var schemaFS embed.FS

// ErrNoSchema says that there is no schema for a kind of file.
var ErrNoSchema = errors.New("no such kind of file")

// SchemaKinds lists the kinds of files that have a schema, flow first.
func SchemaKinds() []string {
	entries, err := schemaFS.ReadDir("schema")
	if err != nil {
		panic(fmt.Sprintf("reading embedded schemas: %v", err)) // they are part of the program
	}
	var out []string
	for _, e := range entries {
		out = append(out, strings.TrimSuffix(e.Name(), ".json"))
	}
	slices.SortStableFunc(out, func(a, b string) int { return cmp.Compare(order(a), order(b)) })
	return out
}

func order(kind string) int {
	if kind == "flow" {
		return 0
	}
	return 1
}

// Schema is the JSON Schema (2020-12) of a kind of file, with titles and descriptions that editors show; ErrNoSchema for an unknown kind.
func Schema(kind string) ([]byte, error) {
	data, err := schemaFS.ReadFile("schema/" + kind + ".json")
	if err != nil {
		return nil, fmt.Errorf("reading schema %q: %w", kind, ErrNoSchema)
	}
	return data, nil
}

// schemaNode is what titles are taken from.
type schemaNode struct {
	Title      string                `json:"title"`
	Properties map[string]schemaNode `json:"properties"`
	AnyOf      []schemaNode          `json:"anyOf"`
	Items      *schemaNode           `json:"items"`
	Defs       map[string]schemaNode `json:"$defs"`
	More       json.RawMessage       `json:"additionalProperties"`
}

// titles are the short Chinese names of the keys of a flow, by where they stand: "step.ask", "choice.aka", "flow.title". One set of words serves the
// editor, the print and the comparison.
var titles = sync.OnceValue(func() map[string]string {
	data, err := Schema("flow")
	var root schemaNode
	if err == nil {
		err = json.Unmarshal(data, &root)
	}
	if err != nil {
		panic(fmt.Sprintf("reading embedded schema: %v", err)) // a test reads it
	}
	out := map[string]string{}
	var walk func(where string, n schemaNode)
	walk = func(where string, n schemaNode) {
		for key, p := range n.Properties {
			out[where+"."+key] = p.Title
			walk(key, p)
		}
		for _, a := range n.AnyOf {
			walk(where, a)
		}
		if n.Items != nil {
			walk(where, *n.Items)
		}
		var more schemaNode
		if len(n.More) > 0 && n.More[0] == '{' && json.Unmarshal(n.More, &more) == nil {
			walk(where, more)
		}
	}
	walk("flow", root)
	for name, def := range root.Defs {
		walk(name, def)
	}
	return out
})

// title is the name of a key at a place, the key itself when the schema has none.
func title(where, key string) string {
	return cmp.Or(titles()[where+"."+key], titles()["step."+key], key)
}
