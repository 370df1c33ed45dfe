package author

import (
	_ "embed"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/template"

	"github.com/vrep/vrep/flows"
	"github.com/vrep/vrep/flows/lint"
)

//go:embed report.tmpl
var reportText string

// reportPages are the words of the table of coverage and of the Markdown report.
var reportPages = template.Must(template.New("report").Funcs(template.FuncMap{"cell": cell}).Parse(reportText))

// cell keeps a text within one cell of a Markdown table.
func cell(s string) string {
	return strings.NewReplacer("|", `\|`, "\n", "<br>", "<", "&lt;").Replace(strings.TrimSpace(s))
}

// coverRow is one flow in the table of coverage.
type coverRow struct {
	Flow    string
	Cells   []string
	Missing []missing
}

// missing is one part, or the commands of one flow, that no talk came past.
type missing struct {
	Place, Group, Name string
}

// missingOf lists what no talk of a flow came past, commands on one line.
func missingOf(c *flows.Coverage, flow string) []missing {
	var out []missing
	for _, it := range c.Missing(flow, "") {
		if n := len(out) - 1; it.Group == "commands" && n >= 0 && out[n].Group == it.Group {
			out[n].Name += " " + it.Name()
			continue
		}
		out = append(out, missing{fmt.Sprintf("%s:%d", it.File, it.Line), it.Group, it.Name()})
	}
	return out
}

// coverRows are the rows of some flows; no names are all flows.
func coverRows(c *flows.Coverage, only []string) []coverRow {
	var rows []coverRow
	for _, it := range c.Items {
		if len(only) > 0 && !slices.Contains(only, it.Flow) {
			continue
		}
		if len(rows) == 0 || rows[len(rows)-1].Flow != it.Flow {
			rows = append(rows, coverRow{Flow: it.Flow})
		}
	}
	for i := range rows {
		rows[i].Cells = coverCells(c, rows[i].Flow)
		rows[i].Missing = missingOf(c, rows[i].Flow)
	}
	return rows
}

// coverCells are the shares of a flow in the order of the groups; "" is all flows.
func coverCells(c *flows.Coverage, flow string) []string {
	var out []string
	for _, group := range flows.CoverGroups {
		hit, all := c.Share(flow, group)
		text := fmt.Sprintf("%d/%d", hit, all)
		out = append(out, fmt.Sprintf("%7s %4s", text, flows.Percent(hit, all)))
	}
	return out
}

// WriteCover writes the table of coverage of some flows (no names: all): a line for each, then by name and line what no talk came past.
func WriteCover(w io.Writer, c *flows.Coverage, only []string) error {
	return fillReport(w, "cover", map[string]any{"Rows": coverRows(c, only), "All": coverTotal(c, only)})
}

// WriteCoverShares writes the table without what is missing.
func WriteCoverShares(w io.Writer, c *flows.Coverage, only []string) error {
	rows := coverRows(c, only)
	for i := range rows {
		rows[i].Missing = nil
	}
	return fillReport(w, "cover", map[string]any{"Rows": rows, "All": coverTotal(c, only)})
}

// coverTotal is the last line of the table, nil where it would repeat the only one.
func coverTotal(c *flows.Coverage, only []string) []string {
	if len(only) > 0 {
		return nil
	}
	return coverCells(c, "")
}

// WriteMarkdown writes a report for a pull request; with cover also the table of coverage.
func WriteMarkdown(w io.Writer, r *flows.Report, cover bool) error {
	data := map[string]any{"Report": r, "OK": r.OK(), "Cover": cover}
	if cover {
		data["Rows"], data["All"] = coverRows(r.Coverage, nil), coverCells(r.Coverage, "")
	}
	return fillReport(w, "markdown", data)
}

func fillReport(w io.Writer, name string, data any) error {
	if err := reportPages.ExecuteTemplate(w, name, data); err != nil {
		return fmt.Errorf("writing report: %w", err)
	}
	return nil
}

// WriteJSON writes a report as one JSON object: files, cases, failed, problems, results and, with cover, the shares of
// each flow.
func WriteJSON(w io.Writer, r *flows.Report, cover bool) error {
	out := struct {
		OK       bool                         `json:"ok"`
		Files    int                          `json:"files"`
		Cases    int                          `json:"cases"`
		Failed   int                          `json:"failed"`
		Problems []flows.Problem              `json:"problems"`
		Results  []flows.CaseResult           `json:"results"`
		Cover    map[string]map[string][2]int `json:"cover,omitempty"` // flow → group → come past, of all
	}{r.OK(), r.Files, r.Cases, r.Failed, r.Problems, r.Results, nil}
	if out.Problems == nil {
		out.Problems = []flows.Problem{}
	}
	if cover {
		out.Cover = map[string]map[string][2]int{}
		for _, row := range coverRows(r.Coverage, nil) {
			shares := map[string][2]int{}
			for _, group := range flows.CoverGroups {
				hit, all := r.Coverage.Share(row.Flow, group)
				shares[group] = [2]int{hit, all}
			}
			out.Cover[row.Flow] = shares
		}
	}
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(out); err != nil {
		return fmt.Errorf("writing report: %w", err)
	}
	return nil
}

// JUnit's form, as CI servers read it: https://github.com/testmoapp/junitxml describes what they have in common.
type (
	junitSuites struct {
		XMLName  xml.Name     `xml:"testsuites"`
		Tests    int          `xml:"tests,attr"`
		Failures int          `xml:"failures,attr"`
		Suites   []junitSuite `xml:"testsuite"`
	}
	junitSuite struct {
		Name     string      `xml:"name,attr"`
		Tests    int         `xml:"tests,attr"`
		Failures int         `xml:"failures,attr"`
		Errors   int         `xml:"errors,attr"`
		Skipped  int         `xml:"skipped,attr"`
		Cases    []junitCase `xml:"testcase"`
	}
	junitCase struct {
		Class   string        `xml:"classname,attr"`
		Name    string        `xml:"name,attr"`
		File    string        `xml:"file,attr"`
		Line    int           `xml:"line,attr"`
		Failure *junitFailure `xml:"failure"`
	}
	junitFailure struct {
		Message string `xml:"message,attr"`
		Type    string `xml:"type,attr"`
		Text    string `xml:",chardata"`
	}
)

// WriteJUnit writes a report as JUnit XML: one test case for each case, and one for each error that belongs to none (a slip in a test file, a goal of
// coverage that was missed).
func WriteJUnit(w io.Writer, r *flows.Report) error {
	all := junitSuites{}
	suite := func(file string) *junitSuite {
		for i := range all.Suites {
			if all.Suites[i].Name == file {
				return &all.Suites[i]
			}
		}
		all.Suites = append(all.Suites, junitSuite{Name: file})
		return &all.Suites[len(all.Suites)-1]
	}
	add := func(file string, c junitCase) {
		s := suite(file)
		s.Cases = append(s.Cases, c)
		s.Tests++
		all.Tests++
		if c.Failure != nil {
			s.Failures++
			all.Failures++
		}
	}
	told := map[string]bool{}
	for i := range r.Results {
		c := &r.Results[i]
		jc := junitCase{Class: c.Flow, Name: c.Name, File: c.File, Line: c.Line}
		if !c.OK() {
			jc.Failure = failure(c.Problems, c.Tail())
		}
		for _, p := range c.Problems {
			told[p.Text()] = true
		}
		add(c.File, jc)
	}
	for _, p := range lint.Errors(r.Problems) {
		if !told[p.Text()] {
			add(p.File, junitCase{Class: p.Code, Name: p.Message, File: p.File, Line: p.Line, Failure: failure([]flows.Problem{p}, "")})
		}
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return fmt.Errorf("writing report: %w", err)
	}
	enc := xml.NewEncoder(w)
	enc.Indent("", "  ")
	if err := enc.Encode(all); err != nil {
		return fmt.Errorf("writing report: %w", err)
	}
	_, err := io.WriteString(w, "\n")
	return err
}

func failure(ps []flows.Problem, talk string) *junitFailure {
	f := &junitFailure{}
	for i, p := range ps {
		if i == 0 {
			f.Message, f.Type = p.Message, p.Code
		}
		f.Text += p.Text()
	}
	f.Text += talk
	return f
}
