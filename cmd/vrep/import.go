package main

import (
	"bytes"
	_ "embed"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"go.yaml.in/yaml/v4"

	"github.com/vrep/vrep/config"
	"github.com/vrep/vrep/store"
)

//go:embed import.yaml
var importFile []byte

// importWords are the spellings that operations use in spreadsheets.
type importWords struct {
	Columns map[string][]string `yaml:"columns"`
	Yes     []string            `yaml:"yes"`
	No      []string            `yaml:"no"`
	Kinds   map[string][]string `yaml:"kinds"`
}

func newImport() *cobra.Command {
	c := &cobra.Command{
		Use: "import", Short: "take over reps, territories and invitation codes from a spreadsheet (CSV)",
		Long: "Reads a CSV file as spreadsheet programs save it (UTF-8, with or without BOM). Every row is checked before anything is written; all problems\n" +
			"are reported at once with their line. Running it again brings the rows up to date.",
		Example: "  vrep import reps reps.csv --config vrep.yaml\n  vrep import invites invites.csv --config vrep.yaml",
		RunE: func(c *cobra.Command, a []string) error {
			if len(a) > 0 {
				return usageError{fmt.Errorf("import knows reps and invites, not %q", a[0])}
			}
			return c.Help()
		},
	}
	var configFile string
	c.PersistentFlags().StringVar(&configFile, "config", "", "configuration file")
	c.AddCommand(newImportReps(&configFile), newImportInvites(&configFile))
	return c
}

// sheet is a spreadsheet with a header row.
type sheet struct {
	words importWords
	rows  []row
	bad   []string // problems, one a line
}

type row struct {
	line  int
	cells map[string]string // by column
}

// readSheet reads the file; the columns named must be there, the others may.
func readSheet(path string, need, may []string) (*sheet, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, usageError{fmt.Errorf("reading the spreadsheet: %w", err)}
	}
	s := &sheet{}
	if err := yaml.Unmarshal(importFile, &s.words); err != nil {
		return nil, fmt.Errorf("reading embedded words: %w", err)
	}
	r := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(data, []byte("\ufeff"))))
	r.FieldsPerRecord = -1
	header, err := r.Read()
	if err != nil {
		return nil, fmt.Errorf("%s holds no header row: %w", path, err)
	}
	columns, err := s.columns(header, need, may)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	for {
		cells, err := r.Read()
		if errors.Is(err, io.EOF) {
			return s, nil
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		line, _ := r.FieldPos(0)
		s.addRow(line, columns, cells)
	}
}

func (s *sheet) addRow(line int, columns, cells []string) {
	one := row{line: line, cells: map[string]string{}}
	empty := true
	for i, cell := range cells {
		if cell = strings.TrimSpace(cell); cell == "" {
			continue
		}
		empty = false
		if i < len(columns) {
			one.cells[columns[i]] = cell
		}
	}
	if !empty {
		s.rows = append(s.rows, one)
	}
}

// columns gives the column of each cell of the header.
func (s *sheet) columns(header, need, may []string) ([]string, error) {
	out := make([]string, len(header))
	for i, cell := range header {
		cell = strings.ToLower(strings.TrimSpace(cell))
		for _, name := range slices.Concat(need, may) {
			if slices.Contains(s.words.Columns[name], cell) {
				out[i] = name
			}
		}
		if out[i] == "" && cell != "" {
			return nil, fmt.Errorf("no column is called %q; known are %s", cell, strings.Join(slices.Concat(need, may), ", "))
		}
	}
	for _, name := range need {
		if !slices.Contains(out, name) {
			return nil, fmt.Errorf("the column %s is missing", name)
		}
	}
	return out, nil
}

func (s *sheet) wrong(r row, format string, a ...any) {
	s.bad = append(s.bad, fmt.Sprintf("line %d: %s", r.line, fmt.Sprintf(format, a...)))
}

// endOfDay reads a date; the day itself still counts. Empty is 0.
func (s *sheet) endOfDay(r row, column string, zone *time.Location) int64 {
	text := r.cells[column]
	if text == "" {
		return 0
	}
	for _, form := range []string{"2006-01-02", "2006/1/2", "2006-1-2"} {
		if day, err := time.ParseInLocation(form, text, zone); err == nil {
			return day.AddDate(0, 0, 1).UnixMilli()
		}
	}
	s.wrong(r, "%s is %q, not a date such as 2027-12-31", column, text)
	return 0
}

// finish prints the problems, when there are any.
func (s *sheet) finish(w io.Writer) error {
	if len(s.rows) == 0 && len(s.bad) == 0 {
		s.bad = append(s.bad, "the file holds no row below its header")
	}
	if len(s.bad) == 0 {
		return nil
	}
	for _, line := range s.bad {
		fmt.Fprintln(w, line)
	}
	fmt.Fprintf(w, "%d problem(s); nothing was written\n", len(s.bad))
	return errFindings
}

// withConfigured opens the configured database together with its configuration.
func withConfigured(c *cobra.Command, configFile string, do func(*config.Config, *store.Store) error) error {
	cfg, err := loadConfig(configFile)
	if err != nil {
		return err
	}
	return withStore(c, configFile, func(st *store.Store) error { return do(cfg, st) })
}
