package author

import (
	"cmp"
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"io/fs"
	"slices"
	"strings"
	"time"

	"github.com/vrep/vrep/flows"
	"go.yaml.in/yaml/v4"
)

//go:embed print.html
var printHTML string

// PrintOptions say what is printed.
type PrintOptions struct {
	FS    fs.FS          // the folder, for translations beside the flows; may be nil
	Flows []string       // ids; none = all
	Old   *flows.Library // differences to it are marked; nil = none
	Now   time.Time      // day of the print
}

// printPage is what the template shows.
type printPage struct {
	Title string
	Date  string
	Diff  bool
	Flows []*printFlow
	Gone  []string // flows of the old folder that the new one does not have
}

type printFlow struct {
	*Sheet
	ID, Title, File string
	Shape, Text     string // fingerprints
	New             bool   // the old folder does not have it
	Changes         int
	Contents        []flows.Content
	Fits            bool // something is sent by preference
	Fields          []printField
	Listen          []flows.Listening
	Commands        []printWords
	House           []printWords // the house's words for answers that were not understood
	Translations    []translation
	sections        int // headings printed so far
	teller          *Teller
}

// Section is the number of the next heading, in Chinese.
func (p *printFlow) Section() string {
	numerals := []rune(phrase("print.numerals"))
	p.sections++
	return string(numerals[(p.sections-1)%len(numerals)])
}

type printField struct{ Name, Label, From string }

type printWords struct {
	Name  string
	Words []string
}

type translation struct {
	Lang string
	Rows [][2]string
}

// Print writes flows of a library as one HTML file for medical and legal review: it opens in browsers and in Word, prints on A4 and holds no script.
func Print(w io.Writer, lib *flows.Library, opt PrintOptions) error {
	page := printPage{Title: phrase("print.title"), Date: opt.Now.Format(time.DateOnly), Diff: opt.Old != nil}
	for _, f := range lib.Flows() {
		if len(opt.Flows) > 0 && !slices.Contains(opt.Flows, f.ID) {
			continue
		}
		page.Flows = append(page.Flows, newPrint(lib, f, opt))
	}
	if len(page.Flows) == 1 {
		page.Title = page.Flows[0].Title
	}
	if opt.Old != nil && len(opt.Flows) == 0 {
		for _, f := range opt.Old.Flows() {
			if lib.Flow(f.ID) == nil {
				page.Gone = append(page.Gone, phrase("line.pair", "a", f.ID, "b", f.Title))
			}
		}
	}
	t, err := template.New("print").Funcs(template.FuncMap{"words": printText, "list": joined, "word": phraseOf}).Parse(printHTML)
	if err != nil {
		return fmt.Errorf("reading embedded template: %w", err)
	}
	if err := t.Execute(w, page); err != nil {
		return fmt.Errorf("writing print: %w", err)
	}
	return nil
}

func joined(list []string) string { return strings.Join(list, phrase("cond.items")) }

// printText keeps the lines of a text and sets its placeholders apart.
func printText(s string) template.HTML {
	open, shut, _ := strings.Cut(phrase("text.placeholder"), "{x}")
	r := strings.NewReplacer(open, `<span class="ph">`+open, shut, shut+`</span>`, "\n", "<br>")
	return template.HTML(r.Replace(template.HTMLEscapeString(s))) // escaped in the line itself
}

func newPrint(lib *flows.Library, f *flows.Flow, opt PrintOptions) *printFlow {
	p := &printFlow{Sheet: NewSheet(lib, f), ID: f.ID, Title: cmp.Or(f.Title, f.ID), File: f.File(), teller: NewTeller(lib, f)}
	p.Shape, p.Text = f.Shape(), f.TextHash()
	if opt.Old != nil {
		if old := opt.Old.Flow(f.ID); old != nil {
			Compare(NewSheet(opt.Old, old), p.Sheet)
			p.Changes = p.changes()
		} else {
			p.New = true
		}
	}
	p.annex(lib, f)
	if opt.FS != nil {
		p.Translations = translations(opt.FS, f.ID)
	}
	return p
}

// changes counts the steps and facts of the header that are different.
func (s *Sheet) changes() int {
	n := 0
	for _, l := range s.Header {
		if l.State != Same {
			n++
		}
	}
	var walk func([]*Item)
	walk = func(items []*Item) {
		for _, it := range items {
			if it.State != Same || it.Moved || it.WasID != "" {
				n++
			}
			walk(it.Inner)
		}
	}
	walk(s.Items)
	return n
}

// annex gathers what a flow sends, writes and hears.
func (p *printFlow) annex(lib *flows.Library, f *flows.Flow) {
	fields := map[string]bool{}
	field := func(name, from string) {
		if name != "" && !fields[name+from] {
			fields[name+from] = true
			p.Fields = append(p.Fields, printField{Name: name, Label: lib.FieldLabel(name), From: from})
		}
	}
	house := map[string]bool{}
	for _, s := range p.teller.inOrder() {
		switch body := s.Body.(type) {
		case *flows.SendStep:
			p.Fits = p.Fits || body.Content == "fit"
			for _, c := range lib.Contents() {
				if c.ID == body.Content {
					p.Contents = append(p.Contents, c)
				}
			}
		case *flows.Question:
			field(body.Save, p.teller.at(s))
			if group := lib.RefusalGroup(body); len(body.Retry) == 0 && !house[group] {
				house[group] = true
				p.House = append(p.House, printWords{Name: phraseOf("type", phraseOf("refusal", group)), Words: p.teller.house(lib.Refusals(body))})
			}
		case *flows.SetStep:
			for _, pair := range body.Pairs {
				field(pair.Field, p.teller.at(s))
			}
		case *flows.ClassifyStep:
			field(body.Save, p.teller.at(s))
		}
	}
	for _, l := range lib.Listeners() {
		if !slices.Contains(l.UnlessIn, f.ID) {
			l.Words = heardWords(l)
			p.Listen = append(p.Listen, l)
		}
	}
	words := lib.CommandWords()
	for _, name := range flows.CommandNames() {
		if len(words[name]) > 0 {
			p.Commands = append(p.Commands, printWords{Name: title("flowCommands", name), Words: words[name]})
		}
	}
}

// house are the house's own words; what the answer reader fills in is told in words too.
func (t *Teller) house(texts []*flows.Text) []string {
	out := make([]string, 0, len(texts))
	for _, x := range texts {
		out = append(out, rePlaceholder.ReplaceAllStringFunc(x.Source(), func(m string) string {
			if w, ok := phrases()["house."+strings.Trim(m, "${} ")]; ok {
				return phrase("text.placeholder", "x", w)
			}
			return t.Text(m)
		}))
	}
	return out
}

// Tell shows a text with its placeholders in words.
func (p *printFlow) Tell(src string) string { return p.teller.Text(src) }

// inOrder lists all steps, those of blocks too, in their order.
func (t *Teller) inOrder() []*flows.Step {
	out := make([]*flows.Step, len(t.order))
	for s, n := range t.order {
		out[n-1] = s
	}
	return out
}

// translations reads i18n/<flow>.<lang>.yaml of a folder: the texts by their path.
func translations(fsys fs.FS, flow string) []translation {
	names, _ := fs.Glob(fsys, "i18n/"+flow+".*.yaml") // the pattern is good
	var out []translation
	for _, name := range names {
		data, err := fs.ReadFile(fsys, name)
		var root yaml.Node
		if err != nil || yaml.Unmarshal(data, &root) != nil || len(root.Content) == 0 {
			continue // a file that cannot be read is lint's business
		}
		t := translation{Lang: scalarAt(root.Content[0], "lang")}
		for i := 0; i+1 < len(root.Content[0].Content); i += 2 {
			if k, v := root.Content[0].Content[i], root.Content[0].Content[i+1]; k.Value == "texts" {
				flatten("", v, &t.Rows)
			}
		}
		out = append(out, t)
	}
	return out
}

func flatten(path string, n *yaml.Node, into *[][2]string) {
	if n.Kind == yaml.ScalarNode {
		*into = append(*into, [2]string{path, n.Value})
		return
	}
	for i, c := range n.Content {
		switch {
		case n.Kind == yaml.SequenceNode:
			flatten(path+"["+itoa(i+1)+"]", c, into)
		case i%2 == 1:
			flatten(strings.TrimPrefix(path+"."+n.Content[i-1].Value, "."), c, into)
		}
	}
}

// Aka are the other names of an option, the rest of its facts come in Rest.
func (r OptionRow) Aka() *Line {
	for i := range r.Lines {
		if strings.HasSuffix(r.Lines[i].Path, ".aka") {
			return &r.Lines[i]
		}
	}
	return nil
}

// Rest are the facts of an option beside label and other names.
func (r OptionRow) Rest() []Line {
	return slices.DeleteFunc(slices.Clone(r.Lines), func(l Line) bool { return strings.HasSuffix(l.Path, ".aka") || strings.HasSuffix(l.Path, ".key") })
}

// IsQuestion reports whether the step asks something.
func (it *Item) IsQuestion() bool { return it.Kind == "ask" }
