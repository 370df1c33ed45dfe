package author

import (
	_ "embed"
	"fmt"
	"strings"
	"sync"

	"go.yaml.in/yaml/v4"
)

//go:embed words.yaml
var wordsYAML []byte

// phrases are the texts of words.yaml by their path: "cond.and".
var phrases = sync.OnceValue(func() map[string]string {
	var root yaml.Node
	if err := yaml.Unmarshal(wordsYAML, &root); err != nil {
		panic(fmt.Sprintf("reading embedded words: %v", err)) // the file is part of the program; a test reads it
	}
	out := map[string]string{}
	var walk func(path string, n *yaml.Node)
	walk = func(path string, n *yaml.Node) {
		if n.Kind == yaml.ScalarNode {
			out[path] = n.Value
			return
		}
		for i := 0; i+1 < len(n.Content); i += 2 {
			walk(strings.TrimPrefix(path+"."+n.Content[i].Value, "."), n.Content[i+1])
		}
	}
	walk("", root.Content[0])
	return out
})

// phrase is the text at a path with its values put in; args are name, value, name, value and so on. A path without a text is printed as it is.
func phrase(path string, args ...string) string {
	s, ok := phrases()[path]
	if !ok {
		return path
	}
	pairs := make([]string, 0, len(args))
	for i := 0; i+1 < len(args); i += 2 {
		pairs = append(pairs, "{"+args[i]+"}", args[i+1])
	}
	return strings.NewReplacer(pairs...).Replace(s)
}

// phraseOf is the text for one of a fixed set of codes, the code itself when there is none.
func phraseOf(group, code string) string {
	if s, ok := phrases()[group+"."+code]; ok {
		return s
	}
	return code
}
