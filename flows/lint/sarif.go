package lint

import (
	"encoding/json"
	"io"
	"path"
	"strings"
)

// rulesPage is the page of the authors' guide about the rules; every rule has an anchor with its code.
const rulesPage = "https://github.com/vrep/vrep/blob/main/docs/rules.zh.md"

// The parts of SARIF 2.1.0 (OASIS) that viewers of findings use.
type (
	sarifLog struct {
		Schema  string     `json:"$schema"`
		Version string     `json:"version"`
		Runs    []sarifRun `json:"runs"`
	}
	sarifRun struct {
		Tool       sarifTool     `json:"tool"`
		ColumnKind string        `json:"columnKind"`
		Results    []sarifResult `json:"results"`
	}
	sarifTool struct {
		Driver sarifDriver `json:"driver"`
	}
	sarifDriver struct {
		Name  string      `json:"name"`
		Rules []sarifRule `json:"rules"`
	}
	sarifRule struct {
		ID      string       `json:"id"`
		Short   sarifMessage `json:"shortDescription"`
		Full    sarifMessage `json:"fullDescription"`
		Help    sarifMessage `json:"help"`
		HelpURI string       `json:"helpUri"`
		Default sarifLevel   `json:"defaultConfiguration"`
	}
	sarifLevel struct {
		Level string `json:"level"`
	}
	sarifMessage struct {
		Text string `json:"text"`
	}
	sarifResult struct {
		RuleID    string          `json:"ruleId"`
		RuleIndex int             `json:"ruleIndex"`
		Level     string          `json:"level"`
		Message   sarifMessage    `json:"message"`
		Locations []sarifLocation `json:"locations"`
	}
	sarifLocation struct {
		Physical sarifPhysical `json:"physicalLocation"`
	}
	sarifPhysical struct {
		Artifact sarifArtifact `json:"artifactLocation"`
		Region   sarifRegion   `json:"region"`
	}
	sarifArtifact struct {
		URI string `json:"uri"`
	}
	sarifRegion struct {
		StartLine   int           `json:"startLine"`
		StartColumn int           `json:"startColumn"`
		EndColumn   int           `json:"endColumn"`
		Snippet     *sarifMessage `json:"snippet,omitempty"`
	}
)

// SARIF writes the findings as a SARIF 2.1.0 log: rules with their help, regions in characters.
func SARIF(w io.Writer, ps []Problem) error {
	d := sarifDriver{Name: "vrep flows lint", Rules: []sarifRule{}}
	index := map[string]int{}
	for i, r := range Rules() {
		index[r.Code] = i
		d.Rules = append(d.Rules, sarifRule{ID: r.Code, Short: sarifMessage{r.Title}, Full: sarifMessage{r.Why}, Help: sarifMessage{r.Cure},
			HelpURI: rulesPage + "#" + strings.ToLower(r.Code), Default: sarifLevel{sarifWord(r.Level)}})
	}
	run := sarifRun{Tool: sarifTool{d}, ColumnKind: "unicodeCodePoints", Results: []sarifResult{}}
	for _, p := range ps {
		text := p.Message
		if p.Advice != "" {
			text += "\n" + p.Advice
		}
		at := sarifRegion{StartLine: max(p.Line, 1), StartColumn: max(p.Column, 1), EndColumn: max(p.Column, 1) + max(p.Length, 1)}
		if p.Source != "" {
			at.Snippet = &sarifMessage{p.Source}
		}
		run.Results = append(run.Results, sarifResult{RuleID: p.Code, RuleIndex: index[p.Code], Level: sarifWord(p.Level), Message: sarifMessage{text},
			Locations: []sarifLocation{{sarifPhysical{sarifArtifact{fileURI(p.File)}, at}}}})
	}
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(sarifLog{Schema: "https://json.schemastore.org/sarif-2.1.0.json", Version: "2.1.0", Runs: []sarifRun{run}})
}

// sarifWord is the level in the words of SARIF.
func sarifWord(level string) string {
	if level == Hint {
		return "note"
	}
	return level
}

// fileURI is a file name as a URI reference: slashes, and what a URI does not take escaped.
func fileURI(name string) string {
	name = path.Clean(strings.ReplaceAll(name, "\\", "/"))
	var b strings.Builder
	for _, c := range []byte(name) {
		if c > ' ' && c < 0x7f && !strings.ContainsRune(`"%#?<>[]{}|^`+"`", rune(c)) {
			b.WriteByte(c)
			continue
		}
		const hex = "0123456789ABCDEF"
		b.Write([]byte{'%', hex[c>>4], hex[c&15]})
	}
	return b.String()
}
