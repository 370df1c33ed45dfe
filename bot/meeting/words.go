package meeting

import (
	_ "embed"
	"fmt"

	"go.yaml.in/yaml/v4"
)

//go:embed words.yaml
var wordsFile []byte

// words are what invitations and reminders say about a meeting.
type words struct {
	When      string            `yaml:"when"`
	Weekdays  []string          `yaml:"weekdays"` // from Sunday
	Separator string            `yaml:"separator"`
	Modes     map[string]string `yaml:"modes"`
	Places    map[string]string `yaml:"places"`
}

func mustWords() *words {
	var w words
	if err := yaml.Load(wordsFile, &w, yaml.WithKnownFields()); err != nil {
		panic(fmt.Sprintf("reading words.yaml: %v", err))
	}
	return &w
}
