package author

import (
	"fmt"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"
)

// wordFuncs are what the templates of the preview and of the terminal look words up with.
func wordFuncs() (map[string]any, error) {
	data, err := previewFiles.ReadFile("preview/words.yaml")
	if err != nil {
		return nil, fmt.Errorf("reading words: %w", err)
	}
	var words map[string]map[string]string
	if err := yaml.Unmarshal(data, &words); err != nil {
		return nil, fmt.Errorf("reading words: %w", err)
	}
	return map[string]any{
		"word": func(group, key string) string {
			if w := words[group][key]; w != "" {
				return w
			}
			return phraseOf(group, key)
		},
		"key":    func(key string) string { return title("step", key) },
		"span":   func(seconds int64) span { return spanOf(time.Duration(seconds) * time.Second) },
		"indent": func(s string) string { return "  " + strings.ReplaceAll(s, "\n", "\n  ") + "\n" },
	}, nil
}
