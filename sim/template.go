package sim

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Kinds of Template.
const (
	TemplateNotice    = "template"  // message/template/send
	TemplateSubscribe = "subscribe" // message/subscribe/bizsend
)

// Template is one template of the account's library.
type Template struct {
	ID     string          `json:"id"`
	Kind   string          `json:"kind"` // TemplateNotice or TemplateSubscribe
	Title  string          `json:"title"`
	Fields []TemplateField `json:"fields"`
}

// TemplateField is one field; the type is the key without its digits: thing1,
// time2, phrase3, character_string4, …
type TemplateField struct {
	Key  string `json:"key"`
	Name string `json:"name"`
}

// fieldRule says whether a value fits a field type; source: the platform's
// table of value limits for subscribe messages, which category templates share.
type fieldRule func(string) bool

var (
	datePattern  = `(?:\d{4}[-/.\x{5E74}])?\d{1,4}[-/.\x{6708}](?:\d{1,2}\x{65E5}?)?`
	clockPattern = `\d{1,2}:\d{2}(?::\d{2})?`
	timePattern  = `(?:` + datePattern + `\s*)?` + clockPattern
	dayPattern   = datePattern + `(?:\s*` + clockPattern + `)?`

	numberField = regexp.MustCompile(`^-?\d{1,32}(\.\d+)?$`)
	letterField = regexp.MustCompile(`^[A-Za-z]{1,32}$`)
	stringField = regexp.MustCompile(`^[\x21-\x7e ]{1,32}$`)
	timeField   = regexp.MustCompile(`^` + timePattern + `(?:\s*~\s*` + timePattern + `)?$`)
	dateField   = regexp.MustCompile(`^` + dayPattern + `(?:\s*~\s*` + dayPattern + `)?$`)
	amountField = regexp.MustCompile(`^\p{Sc}?\d{1,10}(\.\d+)?\x{5143}?$`)
	phoneField  = regexp.MustCompile(`^[\d+\-() ]{1,17}$`)
	carField    = regexp.MustCompile(`^\p{Han}?[A-Za-z0-9]{1,6}\p{Han}?$`)
	nameHan     = regexp.MustCompile(`^[\p{Han}A-Za-z\x{B7}. ]{1,10}$`)
	nameLatin   = regexp.MustCompile(`^[A-Za-z\x21-\x2f\x3a-\x40 ]{1,20}$`)
	phraseField = regexp.MustCompile(`^\p{Han}{1,5}$`)
)

var fieldRules = map[string]fieldRule{
	"thing":            func(s string) bool { return utf8.RuneCountInString(s) <= 20 },
	"const":            func(s string) bool { return utf8.RuneCountInString(s) <= 20 },
	"enum":             func(s string) bool { return utf8.RuneCountInString(s) <= 20 },
	"symbol":           func(s string) bool { return utf8.RuneCountInString(s) <= 5 && !strings.ContainsFunc(s, wordRune) },
	"number":           func(s string) bool { return len(s) <= 32 && numberField.MatchString(s) },
	"letter":           letterField.MatchString,
	"character_string": stringField.MatchString,
	"time":             timeField.MatchString,
	"date":             dateField.MatchString,
	"amount":           amountField.MatchString,
	"phone_number":     phoneField.MatchString,
	"car_number":       carField.MatchString,
	"name":             func(s string) bool { return nameHan.MatchString(s) || nameLatin.MatchString(s) },
	"phrase":           phraseField.MatchString,
}

func wordRune(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

func fieldType(key string) string { return strings.TrimRight(key, "0123456789") }

func fieldFits(key, value string) bool {
	if strings.TrimSpace(value) == "" || !utf8.ValidString(value) || strings.ContainsFunc(value, unicode.IsControl) {
		return false
	}
	return fieldRules[fieldType(key)](value)
}

func (t Template) check() error {
	if !shortID(t.ID) || t.Title == "" || len(t.Fields) == 0 {
		return fmt.Errorf("%w: a template needs id, title and fields", ErrRefused)
	}
	if t.Kind != TemplateNotice && t.Kind != TemplateSubscribe {
		return fmt.Errorf("%w: kind must be %s or %s", ErrRefused, TemplateNotice, TemplateSubscribe)
	}
	for _, f := range t.Fields {
		if fieldRules[fieldType(f.Key)] == nil || fieldType(f.Key) == f.Key {
			return fmt.Errorf("%w: a field's key is a type and a number, such as thing1", ErrRefused)
		}
	}
	return nil
}

// content is the template as the platform's lists print it.
func (t Template) content() string {
	var b strings.Builder
	for _, f := range t.Fields {
		fmt.Fprintf(&b, "%s:{{%s.DATA}}\n", f.Name, f.Key)
	}
	return b.String()
}

// templateValue is one field of a message's data.
type templateValue struct {
	Value string `json:"value"`
	Color string `json:"color"`
}

// rows checks the data of a message against its template.
func (t Template) rows(data map[string]templateValue) ([]Row, *apiError) {
	var out []Row
	for _, f := range t.Fields {
		v, ok := data[f.Key]
		if !ok || !fieldFits(f.Key, v.Value) {
			return nil, &apiError{code: 47003, text: "argument invalid! data." + f.Key + ".value invalid"}
		}
		out = append(out, Row{Key: f.Key, Name: f.Name, Value: v.Value})
	}
	for key := range data {
		if !slices.ContainsFunc(t.Fields, func(f TemplateField) bool { return f.Key == key }) {
			return nil, &apiError{code: 47003, text: "argument invalid! data." + key + " is not in the template"}
		}
	}
	return out, nil
}

// AddTemplate puts a template into the account's library, replacing one of the same id.
func (p *Platform) AddTemplate(t Template) error {
	if err := t.check(); err != nil {
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.state.Templates[t.ID] = t
	p.changed("templates")
	return nil
}

// templates is the library in order of id, of one kind or all; the caller holds the lock.
func (p *Platform) templates(kind string) []Template {
	list := []Template{}
	for _, t := range p.state.Templates {
		if kind == "" || t.Kind == kind {
			list = append(list, t)
		}
	}
	slices.SortFunc(list, func(a, b Template) int { return strings.Compare(a.ID, b.ID) })
	return list
}

func (p *Platform) getTemplates(w http.ResponseWriter, _ *http.Request) {
	p.mu.Lock()
	list := p.templates("")
	p.mu.Unlock()
	answer(w, map[string]any{"templates": list})
}

func (p *Platform) postTemplate(w http.ResponseWriter, r *http.Request) {
	var t Template
	err := readBody(w, r, &t)
	if err == nil {
		err = p.AddTemplate(t)
	}
	reply(w, t, err)
}

func (p *Platform) deleteTemplate(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	delete(p.state.Templates, r.PathValue("id"))
	p.changed("templates")
	p.mu.Unlock()
	w.WriteHeader(http.StatusNoContent)
}
