package store

import (
	"encoding/json"
	"strings"
	"unicode/utf8"
)

// Filter is a condition on doctors in parts, as package flows makes it of a segment: and, or, not, or one comparison.
type Filter struct {
	Op   string // and, or, not, atom
	Kids []Filter
	Atom Atom
}

// Atom is one comparison of a value with constants. See flows.Atom, whose shape it has.
type Atom struct {
	Of      string // facet, time, field, place, access, rating, tag, consent, did
	Name    string
	Product string
	Kind    string // text, list, number, flag, date
	Op      string // in, has, empty, true, false, between, ==, <, <=, >, >=
	Texts   []string
	Number  float64
	From    int64
	Until   int64
	Now     int64
	First   string
	Last    string
}

// facetColumns are the columns that a filter may name: names never come from a person.
var facetColumns = map[string]bool{
	"level": true, "followed": true, "hospital": true, "grade": true, "province": true, "city": true, "department": true, "title": true, "position": true,
	"patient_band": true, "potential": true, "ladder": true, "matrix": true, "class": true, "result": true, "affinity": true, "cell": true,
	"lead_grade": true, "lead_points": true, "owner": true, "last_typed_at": true, "effective_at": true,
}

// Columns of other tables that a filter may name.
var (
	placeColumns  = map[string]bool{"level": true}
	accessColumns = map[string]bool{"state": true, "drug": true, "decile": true}
	ratingColumns = map[string]bool{"ladder": true, "potential": true, "matrix": true, "class": true}
)

// filterSQL writes conditions with parameters. Every part is true or false, never NULL, so that "not" turns it round.
type filterSQL struct {
	embedded bool
	account  string
	args     []any
}

const (
	sqlTrue  = "1 = 1"
	sqlFalse = "1 = 0"
)

func (q *filterSQL) bind(args ...any) { q.args = append(q.args, args...) }

func (q *filterSQL) filter(f Filter) string {
	switch f.Op {
	case "and":
		return q.all(f.Kids)
	case "or":
		return q.join(f.Kids, " OR ", sqlFalse)
	case "not":
		return "NOT (" + q.filter(f.Kids[0]) + ")"
	}
	return q.atom(f.Atom)
}

// all joins what must hold together: what a row of facets says at a glance comes first.
func (q *filterSQL) all(kids []Filter) string {
	glance := q.glance(kids)
	if glance == "" {
		return q.join(kids, " AND ", sqlTrue)
	}
	return glance + " AND " + q.join(kids, " AND ", sqlTrue)
}

func (q *filterSQL) join(kids []Filter, sign, none string) string {
	if len(kids) == 0 {
		return none
	}
	parts := make([]string, len(kids))
	for i, k := range kids {
		parts[i] = "(" + q.filter(k) + ")"
	}
	return strings.Join(parts, sign)
}

func (q *filterSQL) atom(a Atom) string {
	switch a.Of {
	case "facet":
		return q.column("f."+a.Name, facetColumns[a.Name], a)
	case "time":
		return q.moment("f."+a.Name, facetColumns[a.Name], a)
	case "place":
		return q.exists("hospitals x WHERE x.id = f.hospital AND x.account = f.account", "x."+a.Name, placeColumns[a.Name], a)
	case "access":
		q.bind(a.Product)
		return q.exists("hospital_access x WHERE x.hospital = f.hospital AND x.product = ?", "x."+a.Name, accessColumns[a.Name], a)
	case "rating":
		q.bind(a.Product)
		return q.exists("ratings x WHERE x.doctor = f.doctor AND x.product = ?", "x."+a.Name, ratingColumns[a.Name], a)
	case "field":
		return q.field(a)
	case "tag":
		return q.tag(a)
	case "consent":
		q.bind(a.Name)
		return q.turned(a, "COALESCE((SELECT x.granted AND x.policy <> '' FROM consents x WHERE x.conversation = f.doctor AND x.purpose = ? "+
			"ORDER BY x.seq DESC LIMIT 1), 0) = 1")
	case "did":
		return q.did(a)
	}
	return sqlFalse
}

// turned is a truth value or its opposite.
func (q *filterSQL) turned(a Atom, is string) string {
	if a.Op == "false" || a.Op == "empty" {
		return "NOT (" + is + ")"
	}
	return is
}

// column compares a column that is never NULL; an empty text is unknown, and so is a negative number.
func (q *filterSQL) column(name string, known bool, a Atom) string {
	switch {
	case !known:
		return sqlFalse
	case a.Kind == "flag" && a.Op == "empty":
		return sqlFalse
	case a.Kind == "flag":
		return q.turned(a, name)
	case a.Kind == "text" && a.Op == "empty":
		return name + " = ''"
	case a.Kind == "text":
		return q.in(name, a.Texts)
	case a.Kind == "number" && a.Op == "empty":
		return name + " < 0"
	case a.Kind == "number":
		return name + " >= 0 AND " + q.number(name, a)
	}
	return sqlFalse
}

// in compares with texts. Those that end in a blank are left out: the collation of one engine would not tell them from those that do not.
func (q *filterSQL) in(name string, texts []string) string {
	var some []any
	for _, t := range texts {
		if t != "" && !strings.HasSuffix(t, " ") {
			some = append(some, t)
		}
	}
	if len(some) == 0 {
		return sqlFalse
	}
	q.bind(some...)
	return name + " IN (?" + strings.Repeat(", ?", len(some)-1) + ")"
}

// number compares as the language does: what differs by less than a billionth is the same.
func (q *filterSQL) number(name string, a Atom) string {
	slack := 1e-9 * max(1, a.Number, -a.Number)
	switch a.Op {
	case "==":
		q.bind(a.Number-slack, a.Number+slack)
		return name + " BETWEEN ? AND ?"
	case "<":
		q.bind(a.Number - slack)
	case "<=":
		q.bind(a.Number + slack)
	case ">":
		q.bind(a.Number + slack)
	case ">=":
		q.bind(a.Number - slack)
	default:
		return sqlFalse
	}
	return name + " " + a.Op + " ?"
}

// moment compares a column of unix milliseconds, where 0 is never.
func (q *filterSQL) moment(name string, known bool, a Atom) string {
	switch {
	case !known:
		return sqlFalse
	case a.Op == "empty":
		return name + " = 0"
	}
	cond := name + " > 0"
	if a.From > 0 {
		q.bind(a.From)
		cond += " AND " + name + " >= ?"
	}
	if a.Until > 0 {
		q.bind(a.Until)
		cond += " AND " + name + " < ?"
	}
	return cond
}

// exists compares a column of another table that has at most one row for the doctor. Without a row the value is unknown; a decile of 0 is too.
func (q *filterSQL) exists(from, name string, known bool, a Atom) string {
	if !known {
		return sqlFalse
	}
	is := "EXISTS (SELECT 1 FROM " + from
	switch {
	case a.Kind == "number" && a.Op == "empty":
		return "NOT " + is + " AND " + name + " > 0)"
	case a.Kind == "number":
		return is + " AND " + name + " > 0 AND " + q.number(name, a) + ")"
	case a.Op == "empty":
		return "NOT " + is + " AND " + name + " <> '')"
	}
	return is + " AND " + q.in(name, a.Texts) + ")"
}

func (q *filterSQL) tag(a Atom) string {
	q.bind(q.account, a.Now)
	is := "(SELECT 1 FROM tags x WHERE x.doctor = f.doctor AND x.account = ? AND x.removed_at = 0 AND (x.expires_at = 0 OR x.expires_at > ?)"
	if a.Op == "empty" {
		return noRow(is)
	}
	return anyRow(is + " AND " + q.in("x.tag", a.Texts))
}

// anyRow tells whether a query that is still open has a row. The limit keeps the engines from turning it into a join that begins with the other table: the
// bits have left few doctors to look at.
func anyRow(query string) string { return "COALESCE(" + query + " LIMIT 1), 0) = 1" }

// noRow tells whether a query that is still open has none.
func noRow(query string) string { return "NOT EXISTS " + query + ")" }

// did counts. A count of at least one that is asked for reads the index by time, whose rows it groups; others look at every doctor.
func (q *filterSQL) did(a Atom) string {
	q.bind(a.Name, a.From, a.Until)
	n := "(SELECT COUNT(*) FROM behaviours x WHERE x.doctor = f.doctor AND x.kind = ? AND x.at >= ? AND x.at < ?)"
	return q.number(n, a)
}

// field compares a value of the portrait. A value of another kind than that of its field is unknown.
func (q *filterSQL) field(a Atom) string {
	q.bind(q.account, a.Name)
	is := "(SELECT 1 FROM portrait x WHERE x.doctor = f.doctor AND x.account = ? AND x.field = ?"
	switch a.Kind {
	case "text":
		return q.fieldText(is, a)
	case "list":
		return q.fieldList(is, a)
	case "number":
		is += " AND (SUBSTR(x.value, 1, 1) BETWEEN '0' AND '9' OR SUBSTR(x.value, 1, 1) = '-')"
		if a.Op == "empty" {
			return noRow(is)
		}
		return anyRow(is + " AND " + q.number("CAST(x.value AS "+q.real()+")", a))
	case "flag":
		return q.fieldFlag(is, a)
	case "date":
		is += " AND x.value LIKE '\"____-__-__%'"
		day := "SUBSTR(x.value, 2, 10)"
		if a.Op == "empty" {
			return noRow(is)
		}
		if a.First != "" {
			q.bind(a.First)
			is += " AND " + day + " >= ?"
		}
		if a.Last != "" {
			q.bind(a.Last)
			is += " AND " + day + " <= ?"
		}
		return anyRow(is)
	}
	return sqlFalse
}

func (q *filterSQL) real() string {
	if q.embedded {
		return "REAL"
	}
	return "DOUBLE"
}

func (q *filterSQL) fieldFlag(is string, a Atom) string {
	switch a.Op {
	case "empty":
		return noRow(is + " AND x.value IN ('true', 'false')")
	case "false":
		return anyRow(is + " AND x.value = 'false'")
	}
	return anyRow(is + " AND x.value = 'true'")
}

// fieldText finds short texts by the indexed code and compares the value itself, whose quotes keep blanks at its end.
func (q *filterSQL) fieldText(is string, a Atom) string {
	if a.Op == "empty" {
		return noRow(is + " AND SUBSTR(x.value, 1, 1) = '\"' AND x.value <> '\"\"'")
	}
	var values, codes []any
	short := true
	for _, t := range a.Texts {
		values = append(values, jsonText(t))
		codes = append(codes, t)
		short = short && utf8.RuneCountInString(t) <= maxCode
	}
	if len(values) == 0 {
		return sqlFalse + " AND " + anyRow(is)
	}
	marks := "(?" + strings.Repeat(", ?", len(values)-1) + ")"
	if short {
		q.bind(codes...)
		is += " AND x.code IN " + marks
	}
	q.bind(values...)
	return anyRow(is + " AND x.value IN " + marks)
}

func (q *filterSQL) fieldList(is string, a Atom) string {
	if a.Op == "empty" {
		return noRow(is + " AND SUBSTR(x.value, 1, 1) = '[' AND x.value <> '[]'")
	}
	item := "JSON_CONTAINS(x.value, ?)"
	arg := jsonText(a.Texts[0])
	if q.embedded {
		item, arg = "EXISTS (SELECT 1 FROM json_each(x.value) WHERE json_each.value = ?)", a.Texts[0]
	}
	q.bind(arg)
	return anyRow(is + " AND SUBSTR(x.value, 1, 1) = '[' AND " + item)
}

// jsonText is a text as values are stored.
func jsonText(t string) string {
	b, err := json.Marshal(t)
	if err != nil { // no text fails
		return ""
	}
	return string(b)
}
