package safety

import (
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"fmt"
	"strings"

	"go.yaml.in/yaml/v4"
)

//go:embed words.yaml
var wordsFile []byte

// words is what people on duty read, and the words of an intake that the export understands.
type words struct {
	Says       map[string]string   `yaml:"says"`
	Serious    map[string][]string `yaml:"serious"` // criterion → words that name it
	Sex        map[string][]string `yaml:"sex"`     // code of E2B → words
	Age        string              `yaml:"age"`     // behind the years
	Pharmacist []string            `yaml:"pharmacist"`
}

func mustWords() *words {
	var w words
	if err := yaml.Load(wordsFile, &w, yaml.WithKnownFields()); err != nil {
		panic(fmt.Sprintf("reading words.yaml: %v", err))
	}
	return &w
}

// say fills the {name} places of a text; pairs alternate name and value.
func (w *words) say(name string, pairs ...string) string {
	for i := 0; i+1 < len(pairs); i += 2 {
		pairs[i] = "{" + pairs[i] + "}"
	}
	return strings.NewReplacer(pairs...).Replace(w.Says[name])
}

// key names one message to one person.
func key(what, about, user string) string {
	sum := sha256.Sum256([]byte(user))
	return what + ":" + about + ":" + hex.EncodeToString(sum[:6])
}
