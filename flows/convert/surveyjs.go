package convert

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// SurveyJS reads the JSON of a SurveyJS form. until is the last day of the placeholder approval. It returns ErrUnreadable, with words for the author,
// when the file is no such form.
func SurveyJS(data []byte, until time.Time) (Result, error) {
	if len(data) > MaxFile {
		return Result{}, unreadable(word("bad_file", "error", strconv.Itoa(len(data))))
	}
	var root object
	if err := json.Unmarshal(data, &root); err != nil {
		return Result{}, unreadable(word("bad_file", "error", err.Error()))
	}
	s := &survey{form: newForm("SurveyJS")}
	s.form.title, s.form.id, s.form.thanks = root.text("title"), root.text("title"), root.text("completedHtml")
	if root.has("description") {
		s.form.put(nil, &item{kind: "say", text: root.text("description"), at: word("at_name", "name", "description")})
	}
	pages := root.objects("pages")
	if len(pages) == 0 {
		pages = []object{root}
	}
	for _, p := range pages {
		s.elements(nil, p, nil)
	}
	for _, c := range root.objects("calculatedValues") {
		s.form.put(nil, &item{kind: "set", name: c.str("name"), value: clause{"expression", c.str("expression")}, at: word("at_name", "name", c.str("name"))})
	}
	for _, key := range []string{"triggers", "calculatedValues_", "maxTimeToFinish", "timeLimit"} {
		if root.has(key) {
			s.form.drop("", "drop_key", "key", key)
		}
	}
	if s.form.count > maxItems {
		return Result{}, unreadable(word("too_many", "max", strconv.Itoa(maxItems)))
	}
	return s.form.write(surveyjs, until)
}

type survey struct{ form *form }

// object is a JSON object; its readers take whatever stands there.
type object map[string]any

func (o object) has(key string) bool { return o[key] != nil }

// str is a plain value as text.
func (o object) str(key string) string { return asText(o[key]) }

func asText(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case bool:
		return strconv.FormatBool(v)
	}
	return ""
}

// text is a text that may be translated: Chinese before the default before any.
func (o object) text(key string) string {
	m, ok := o[key].(map[string]any)
	if !ok {
		return o.str(key)
	}
	for _, lang := range []string{"zh-cn", "zh", "zh-CN", "default", "en"} {
		if s := asText(m[lang]); s != "" {
			return s
		}
	}
	return ""
}

func (o object) flag(key string) bool { b, _ := o[key].(bool); return b }

func (o object) objects(key string) []object {
	list, _ := o[key].([]any)
	var out []object
	for _, v := range list {
		if m, ok := v.(map[string]any); ok {
			out = append(out, m)
		}
	}
	return out
}

// elements reads what stands on a page or in a panel; when are the conditions around it.
func (s *survey) elements(parent *item, o object, when []clause) {
	if v := o.str("visibleIf"); v != "" {
		when = append(when[:len(when):len(when)], clause{"visibleIf", v})
	}
	if t := o.text("title"); t != "" && o.str("type") == "panel" {
		s.form.put(parent, &item{kind: "say", text: t, when: when, at: word("at_name", "name", o.str("name"))})
	}
	key := "elements"
	for _, k := range []string{"templateElements", "questions"} {
		if o.has(k) && !o.has("elements") {
			key = k
		}
	}
	for _, e := range o.objects(key) {
		if s.form.count > maxItems {
			return
		}
		s.element(parent, e, when)
	}
}

// surveyKeys are the keys that are read, or that say nothing about the talk.
var surveyKeys = []string{"type", "name", "title", "description", "visibleIf", "isRequired", "choices", "hasOther", "showOtherItem", "otherText", "hasNone",
	"showNoneItem", "noneText", "min", "max", "step", "inputType", "rateMin", "rateMax", "rateStep", "rateValues", "minRateDescription",
	"maxRateDescription", "validators", "maxLength", "minSelectedChoices", "maxSelectedChoices", "labelTrue", "labelFalse", "html", "expression",
	"templateElements", "elements", "panelCount", "minPanelCount", "maxPanelCount", "rows", "columns", "items", "requiredErrorText", "startWithNewLine",
	"colCount", "width", "minWidth", "maxWidth", "placeholder", "state", "hideNumber", "titleLocation", "valueTrue", "valueFalse", "choicesOrder",
	"commentText", "renderAs", "displayMode", "rateType", "rateCount", "readOnly", "size", "autocomplete", "templateTitle", "panelAddText", "panelRemoveText"}

func (s *survey) element(parent *item, o object, when []clause) {
	it := &item{kind: "ask", name: o.str("name"), at: word("at_name", "name", o.str("name")), text: o.text("title"), help: o.text("description"),
		needed: o.flag("isRequired"), when: when}
	if v := o.str("visibleIf"); v != "" && o.str("type") != "panel" {
		it.when = append(when[:len(when):len(when)], clause{"visibleIf", v})
	}
	if it.text == "" {
		it.text = it.name
	}
	for _, key := range sortedAny(o) {
		if !contains(surveyKeys, key) {
			s.form.drop(it.at, "drop_key", "key", key)
		}
	}
	switch typ := o.str("type"); typ {
	case "panel":
		s.elements(parent, o, when)
		return
	case "paneldynamic":
		it.kind, it.most = "block", o.str("maxPanelCount")
		if n := o.str("panelCount"); n != "" && n != "0" && n != "1" {
			it.times = clause{"panelCount", n}
		}
		s.form.put(parent, it)
		s.elements(it, object{"elements": o["templateElements"]}, nil)
		return
	case "matrix":
		s.matrix(parent, it, o)
		return
	case "multipletext":
		for _, row := range o.objects("items") {
			child := *it
			child.name, child.typ = row.str("name"), "text"
			child.text = it.text + " " + pick(row.text("title"), row.str("name"))
			s.form.put(parent, &child)
		}
		return
	}
	if s.typed(it, o) {
		s.validators(it, o)
		s.form.put(parent, it)
	}
}

func pick(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

func sortedAny(o object) []string {
	m := make(map[string]string, len(o))
	for k := range o {
		m[k] = ""
	}
	return sortedKeys(m)
}

// matrix asks one question for every row.
func (s *survey) matrix(parent *item, it *item, o object) {
	columns := choices(o["columns"])
	for _, r := range choices(o["rows"]) {
		child := *it
		child.name, child.text, child.typ = it.name+"_"+r.value, it.text+"\n"+r.label, "one"
		child.choices = append([]choice{}, columns...)
		if len(columns) < 2 {
			s.form.drop(it.at, "drop_choices", "list", it.name)
			return
		}
		if searchable(s.form, &child) {
			s.form.put(parent, &child)
			s.form.byName[it.name+"."+r.value] = &child
		}
	}
}

// choices reads "a" or {value, text, visibleIf}.
func choices(v any) []choice {
	list, _ := v.([]any)
	var out []choice
	for _, x := range list {
		if m, ok := x.(map[string]any); ok {
			o := object(m)
			out = append(out, choice{value: o.str("value"), label: pick(o.text("text"), o.str("value")), when: clause{"visibleIf", o.str("visibleIf")}})
			continue
		}
		if s := asText(x); s != "" {
			out = append(out, choice{value: s, label: s})
		}
	}
	return out
}

// typed gives an item its type; false when there is none for it.
func (s *survey) typed(it *item, o object) bool {
	typ := o.str("type")
	switch typ {
	case "radiogroup", "dropdown", "checkbox", "tagbox", "ranking", "imagepicker":
		return s.selected(it, typ, o)
	case "boolean":
		it.typ, it.ends = "yesno", [2]string{o.text("labelTrue"), o.text("labelFalse")}
		if it.ends[0] == "" || it.ends[1] == "" {
			it.ends = [2]string{}
		}
	case "rating":
		s.rating(it, o)
	case "comment":
		it.typ = "text"
	case "html":
		it.kind, it.text = "say", o.text("html")
	case "expression":
		it.kind, it.value = "set", clause{"expression", o.str("expression")}
	case "file":
		it.typ = "image"
	case "text", "":
		s.input(it, o)
	default:
		s.form.drop(it.at, "drop_type", "type", typ)
		return false
	}
	return true
}

func (s *survey) input(it *item, o object) {
	types := map[string]string{"number": "number", "range": "number", "date": "date", "datetime-local": "datetime", "tel": "phone"}
	kind := o.str("inputType")
	if it.typ = types[kind]; it.typ == "" {
		it.typ = "text"
	}
	if it.typ == "number" {
		it.low, it.high, it.step = o.str("min"), o.str("max"), o.str("step")
	}
	if kind == "email" {
		it.pattern, it.say = `^[^@\s]+@[^@\s]+\.[^@\s]+$`, word("email")
	}
	if n := o.str("maxLength"); it.typ == "text" && n != "" {
		it.least, it.most = "1", n
	}
}

func (s *survey) rating(it *item, o object) {
	it.typ, it.low, it.high = "scale", pick(o.str("rateMin"), "1"), pick(o.str("rateMax"), "5")
	if n := o.str("rateCount"); n != "" && !o.has("rateMax") {
		it.high = n
	}
	it.ends = [2]string{plain(o.text("minRateDescription")), plain(o.text("maxRateDescription"))}
	if o.has("rateValues") {
		it.typ, it.low, it.high, it.choices = "one", "", "", choices(o["rateValues"])
	}
}

func (s *survey) selected(it *item, typ string, o object) bool {
	it.choices = choices(o["choices"])
	it.typ = map[string]string{"radiogroup": "one", "dropdown": "one", "imagepicker": "one", "checkbox": "many", "tagbox": "many", "ranking": "rank"}[typ]
	if o.flag("multiSelect") {
		it.typ = "many"
	}
	if o.flag("hasOther") || o.flag("showOtherItem") {
		it.choices = append(it.choices, choice{value: "other", label: pick(o.text("otherText"), word("other")), open: it.typ == "one"})
	}
	if o.flag("hasNone") || o.flag("showNoneItem") {
		it.choices = append(it.choices, choice{value: "none", label: pick(o.text("noneText"), word("none")), only: true})
	}
	if len(it.choices) < 2 {
		s.form.drop(it.at, "drop_choices", "list", it.name)
		return false
	}
	if it.typ == "many" && (o.has("minSelectedChoices") || o.has("maxSelectedChoices")) {
		it.least, it.most = pick(o.str("minSelectedChoices"), "1"), pick(o.str("maxSelectedChoices"), strconv.Itoa(len(it.choices)))
	}
	return searchable(s.form, it)
}

func (s *survey) validators(it *item, o object) {
	for _, v := range o.objects("validators") {
		switch v.str("type") {
		case "numeric":
			it.low, it.high = pick(v.str("minValue"), it.low), pick(v.str("maxValue"), it.high)
		case "text":
			it.least, it.most = pick(v.str("minLength"), "1"), pick(v.str("maxLength"), "1000")
		case "answercount":
			it.least, it.most = pick(v.str("minCount"), "1"), pick(v.str("maxCount"), fmt.Sprint(len(it.choices)))
		case "regex":
			it.pattern, it.say = v.str("regex"), v.text("text")
		case "email":
			it.pattern, it.say = `^[^@\s]+@[^@\s]+\.[^@\s]+$`, word("email")
		case "expression":
			it.check = append(it.check, clause{"validators", v.str("expression")})
			it.say = pick(v.text("text"), word("check_failed"))
		default:
			s.form.drop(it.at, "drop_key", "key", strings.TrimSpace("validators "+v.str("type")))
		}
	}
}
