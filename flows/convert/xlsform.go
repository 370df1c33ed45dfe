package convert

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"
)

func unreadable(why string) error { return fmt.Errorf("%w: %s", ErrUnreadable, why) }

// row is a line of a sheet by the name of its columns.
type row struct {
	n     int // from 1, as the spreadsheet shows it
	cells map[string]string
}

// XLSForm reads a spreadsheet with the sheets survey, choices and settings (xlsform.org). until is the last day of the placeholder approval. It returns
// ErrUnreadable, with words for the author, when the file is no XLSForm.
func XLSForm(data []byte, until time.Time) (Result, error) {
	if len(data) > MaxFile {
		return Result{}, unreadable(word("bad_file", "error", strconv.Itoa(len(data))))
	}
	book, err := excelize.OpenReader(bytes.NewReader(data), excelize.Options{UnzipSizeLimit: 8 * MaxFile, UnzipXMLSizeLimit: 4 * MaxFile})
	if err != nil {
		return Result{}, unreadable(word("bad_file", "error", err.Error()))
	}
	defer func() { _ = book.Close() }()
	x := &xlsform{form: newForm("XLSForm"), lists: map[string][]choice{}}
	survey := sheet(book, "survey")
	if survey == nil {
		return Result{}, unreadable(word("no_sheet"))
	}
	x.settings(sheet(book, "settings"))
	x.language(survey)
	for _, r := range sheet(book, "choices") {
		if name := r.cells["list_name"] + r.cells["list name"]; name != "" {
			x.lists[name] = append(x.lists[name], choice{value: r.cells["name"], label: x.label(r, "label"), when: clause{"choice_filter", ""}})
		}
	}
	for _, r := range survey {
		if x.form.count > maxItems {
			return Result{}, unreadable(word("too_many", "max", strconv.Itoa(maxItems)))
		}
		x.row(r)
	}
	return x.form.write(xpath, until)
}

type xlsform struct {
	form  *form
	lists map[string][]choice
	lang  string // what stands behind label::, "" = the plain column
	stack []*item
}

// sheet reads a sheet whatever the case of its name; the first line names the columns.
func sheet(book *excelize.File, name string) []row {
	for _, s := range book.GetSheetList() {
		if !strings.EqualFold(strings.TrimSpace(s), name) {
			continue
		}
		lines, err := book.GetRows(s)
		if err != nil || len(lines) == 0 {
			return nil
		}
		out := []row{}
		for i, line := range lines[1:] {
			r := row{n: i + 2, cells: map[string]string{}}
			for c, v := range line {
				if c < len(lines[0]) && strings.TrimSpace(v) != "" {
					r.cells[strings.ToLower(strings.TrimSpace(lines[0][c]))] = strings.TrimSpace(v)
				}
			}
			if len(r.cells) > 0 {
				out = append(out, r)
			}
		}
		return out
	}
	return nil
}

func (x *xlsform) settings(rows []row) {
	if len(rows) == 0 {
		return
	}
	s := rows[0].cells
	x.form.id, x.form.title, x.lang = s["form_id"], s["form_title"], strings.ToLower(s["default_language"])
	if x.form.id == "" {
		x.form.id = s["form_title"]
	}
}

// language picks the column of labels: Chinese before the default language before the first one.
func (x *xlsform) language(rows []row) {
	langs := map[string]bool{}
	for _, r := range rows {
		for key := range r.cells {
			if lang, ok := strings.CutPrefix(key, "label::"); ok {
				langs[strings.TrimSpace(lang)] = true
			}
		}
	}
	names := make([]string, 0, len(langs))
	for lang := range langs {
		names = append(names, lang)
	}
	slices.Sort(names)
	found := ""
	for _, lang := range names {
		switch {
		case strings.Contains(lang, "zh") || strings.Contains(lang, "\u4e2d\u6587") || strings.HasPrefix(lang, "chinese"):
			found = lang
		case found == "" && (x.lang == "" || strings.HasPrefix(lang, x.lang)):
			found = lang
		}
	}
	x.lang = found
	if len(langs) > 1 {
		x.form.drop("", "drop_language", "language", found)
	}
}

// label reads a column in the chosen language, else the plain one.
func (x *xlsform) label(r row, key string) string {
	for name, v := range r.cells {
		if head, lang, ok := strings.Cut(name, "::"); ok && strings.TrimSpace(head) == key && strings.TrimSpace(lang) == x.lang {
			return v
		}
	}
	return r.cells[key]
}

// xlsMeta are questions that the system answers itself.
var xlsMeta = []string{"start", "end", "today", "deviceid", "subscriberid", "simserial", "phonenumber", "username", "email", "audit", "start-geopoint",
	"background-audio", "hidden"}

// xlsKeys are columns that are read, or that say nothing about the talk.
var xlsKeys = []string{"type", "name", "label", "hint", "guidance_hint", "required", "relevant", "constraint", "constraint_message", "calculation",
	"choice_filter", "repeat_count", "parameters", "appearance", "required_message", "note", "disabled"}

func (x *xlsform) row(r row) {
	typ := strings.Join(strings.Fields(r.cells["type"]), " ")
	if typ == "" || strings.EqualFold(r.cells["disabled"], "yes") {
		return
	}
	at := word("at_row", "row", strconv.Itoa(r.n), "name", r.cells["name"])
	switch verb := strings.ReplaceAll(typ, " ", "_"); verb {
	case "begin_group":
		x.open(&item{kind: "group", at: at, when: x.relevant(r)})
		if text := x.label(r, "label"); text != "" {
			x.add(&item{kind: "say", at: at, text: text})
		}
		return
	case "begin_repeat":
		it := &item{kind: "block", name: r.cells["name"], at: at, when: x.relevant(r), times: clause{"repeat_count", r.cells["repeat_count"]}}
		x.add(it)
		x.open(it)
		return
	case "end_group", "end_repeat":
		if n := len(x.stack); n > 0 {
			x.stack = x.stack[:n-1]
		}
		return
	}
	if contains(xlsMeta, typ) {
		x.form.drop(at, "drop_meta", "type", typ)
		return
	}
	it := &item{kind: "ask", name: r.cells["name"], at: at, text: x.label(r, "label"), help: x.label(r, "hint"), when: x.relevant(r),
		needed: isYes(r.cells["required"]), say: x.label(r, "constraint_message")}
	if !x.typed(it, typ, r) {
		return
	}
	if it.kind != "set" && it.text == "" {
		it.text = it.name
	}
	x.constraint(it, r.cells["constraint"])
	for _, key := range sortedKeys(r.cells) {
		head, _, _ := strings.Cut(key, "::")
		if !contains(xlsKeys, head) && !strings.HasPrefix(head, "bind") && !strings.HasPrefix(head, "body") {
			x.form.drop(at, "drop_key", "key", key)
		}
	}
	x.add(it)
}

func sortedKeys(m map[string]string) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

func isYes(s string) bool {
	return contains([]string{"yes", "true", "true()", "1"}, strings.ToLower(s))
}

func (x *xlsform) relevant(r row) []clause {
	if s := r.cells["relevant"]; s != "" {
		return []clause{{"relevant", s}}
	}
	return nil
}

// open begins a group or a loop.
func (x *xlsform) open(it *item) { x.stack = append(x.stack, it) }

// add files an item below the innermost loop, with the conditions of the groups in between.
func (x *xlsform) add(it *item) {
	var parent *item
	for i := len(x.stack) - 1; i >= 0; i-- {
		if x.stack[i].kind == "block" {
			parent = x.stack[i]
			break
		}
		it.when = append(slices.Clone(x.stack[i].when), it.when...)
	}
	x.form.put(parent, it)
}

// typed gives an item its type; false when there is none for it.
func (x *xlsform) typed(it *item, typ string, r row) bool {
	verb, list, _ := strings.Cut(typ, " ")
	switch verb {
	case "note":
		it.kind = "say"
		return it.text != ""
	case "calculate":
		it.kind, it.value = "set", clause{"calculation", r.cells["calculation"]}
		return true
	case "select_one", "select_multiple", "rank":
		return x.select_(it, verb, list, r)
	case "acknowledge", "trigger":
		it.typ = "yesno"
		return true
	case "range":
		return ranged(it, r.cells["parameters"])
	}
	types := map[string]string{"text": "text", "integer": "number", "int": "number", "decimal": "number", "date": "date", "datetime": "datetime",
		"geopoint": "location", "image": "image", "photo": "image", "audio": "voice"}
	it.typ = types[strings.ToLower(typ)]
	if it.typ == "" {
		x.form.drop(it.at, "drop_type", "type", typ)
		return false
	}
	if verb == "integer" || verb == "int" {
		it.step = "1"
	}
	return true
}

func (x *xlsform) select_(it *item, verb, list string, r row) bool {
	list, other, _ := strings.Cut(list, " ")
	all := x.lists[list]
	if len(all) < 2 {
		x.form.drop(it.at, "drop_choices", "list", list)
		return false
	}
	it.typ, it.choices = map[string]string{"select_one": "one", "select_multiple": "many", "rank": "rank"}[verb], slices.Clone(all)
	if strings.Contains(other, "or_other") {
		it.choices = append(it.choices, choice{value: "other", label: word("other"), open: true})
	}
	if s := r.cells["choice_filter"]; s != "" {
		x.form.drop(it.at, "drop_key", "key", "choice_filter")
	}
	return searchable(x.form, it)
}

// maxPrinted is how many choices a question may print (lint S107); more are searched.
const maxPrinted = 9

// searchable turns a long list into a search; a several-choice question cannot be searched.
func searchable(f *form, it *item) bool {
	if len(it.choices) <= maxPrinted {
		return true
	}
	if it.typ != "one" {
		f.drop(it.at, "drop_type", "type", it.typ+" > "+strconv.Itoa(maxPrinted))
		return false
	}
	it.typ, it.inline = "lookup", true
	for i := range it.choices {
		it.choices[i].open = false
	}
	return true
}

// ranged reads "start=0 end=10 step=1".
func ranged(it *item, parameters string) bool {
	values := map[string]string{"start": "0", "end": "10", "step": "1"}
	for _, p := range strings.FieldsFunc(parameters, func(r rune) bool { return r == ' ' || r == ';' || r == ',' }) {
		if key, v, ok := strings.Cut(p, "="); ok {
			values[strings.ToLower(key)] = v
		}
	}
	it.typ, it.low, it.high = "number", values["start"], values["end"]
	if values["step"] == "1" {
		it.typ = "scale"
	} else {
		it.step = values["step"]
	}
	return true
}
