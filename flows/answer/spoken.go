package answer

import (
	"errors"
	"fmt"
	"io/fs"

	"go.yaml.in/yaml/v4"
)

// spokenTable is data/say.<lang>.yaml: how a date is written for people in another language.
type spokenTable struct {
	Format     string            `yaml:"format"`
	Weekdays   []string          `yaml:"weekdays"`
	Months     []string          `yaml:"months"`
	PartLabels map[string]string `yaml:"part_labels"`
	AnyLabel   string            `yaml:"any_label"`
	ListMark   string            `yaml:"list_mark"`
}

// Spoken returns a reader that reads the same answers but writes what it has
// understood in another language, such as en. A language without a table is
// written as before.
func (r *Reader) Spoken(lang string) (*Reader, error) {
	b, err := dataFS.ReadFile("data/say." + lang + ".yaml")
	if errors.Is(err, fs.ErrNotExist) {
		return r, nil // no table: as before
	}
	if err != nil {
		return nil, fmt.Errorf("reading answer tables: %w", err)
	}
	var t spokenTable
	if err := yaml.Unmarshal(b, &t); err != nil {
		return nil, fmt.Errorf("reading answer table say.%s: %w", lang, err)
	}
	if len(t.Weekdays) != 7 || len(t.Months) != 12 {
		return nil, fmt.Errorf("reading answer table say.%s: %d weekdays, %d months", lang, len(t.Weekdays), len(t.Months))
	}
	out := *r
	out.d.Format, out.d.Weekdays, out.d.Months, out.d.PartLabels, out.d.AnyLabel = t.Format, t.Weekdays, t.Months, t.PartLabels, t.AnyLabel
	out.w.ListMark = t.ListMark
	return &out, nil
}
