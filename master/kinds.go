package master

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strings"

	"github.com/vrep/vrep/store"
)

// drawnID stands for a code that a spreadsheet does not give: the same parts give the same id.
func drawnID(prefix string, parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return prefix + hex.EncodeToString(sum[:10])
}

// texts encodes a list; "" = nothing was given.
func texts(list []string) string {
	if len(list) == 0 {
		return ""
	}
	out, err := json.Marshal(list)
	if err != nil {
		return ""
	}
	return string(out)
}

func (r *record) hospitalRow() store.Hospital {
	h := store.Hospital{
		ID: r.id("id"), Name: r.words("name"), Aliases: texts(r.list("aliases")), Level: r.choice("level"), Grade: r.choice("grade"),
		Ownership: r.choice("ownership"), Kind: r.choice("kind"), Province: r.p.words.place(r.words("province")), City: r.p.words.place(r.words("city")),
		County: r.words("county"), Note: r.words("note"),
	}
	if h.ID == "" {
		h.ID = drawnID("h_", h.Province, h.City, h.Name)
	}
	rule := store.ReceptionRule{
		Days: r.words("days"), Time: r.words("time"), Place: r.words("place"), Contact: r.words("contact"), Channel: r.words("channel"),
		NeedsFiling: r.choice("needs_filing"), Note: r.words("rule_note"), SourceURL: r.words("source_url"), CheckedAt: r.date("checked"),
	}
	if rule != (store.ReceptionRule{}) {
		if body, err := json.Marshal(rule); err == nil {
			h.Reception = string(body)
		}
	}
	return h
}

func (r *record) productRow() store.Product {
	return store.Product{
		ID: r.id("id"), Name: r.words("name"), Generic: r.words("generic"), Lifecycle: r.choice("lifecycle"), ControlClass: r.choice("control_class"),
		Active: r.choice("active") != "no",
	}
}

func (r *record) batchRow() store.Batch {
	b := store.Batch{
		ID: r.id("id"), Product: r.product("product"), Name: r.words("name"), Kind: r.choice("kind"), Status: r.choice("status"),
		Share: r.whole("share", 0), BeginsAt: r.date("begins"), EndsAt: r.until("ends"),
	}
	var where []string
	for _, name := range r.list("provinces") {
		where = append(where, r.p.words.place(name))
	}
	b.Provinces = texts(where)
	r.ordered("begins", "ends", b.BeginsAt, b.EndsAt)
	return b
}

func (r *record) accessRow() store.HospitalAccess {
	a := store.HospitalAccess{
		Product: r.product("product"), Batch: r.batch("batch"), State: r.choice("state"), Reported: r.choice("reported"), Drug: r.choice("drug"),
		Decile: r.whole("decile", 0), Blocker: r.words("blocker"), MeetingAt: r.date("meeting"),
	}
	a.Hospital, _ = r.hospital("hospital")
	return a
}

func (r *record) priceRow() store.Price {
	p := store.Price{
		ID: r.id("id"), Product: r.product("product"), Spec: r.words("spec"), Package: r.words("package"), Province: r.p.words.place(r.words("province")),
		City: r.p.words.place(r.words("city")), Amount: r.amount("amount"), Unit: r.words("unit"), Kind: r.choice("kind"), Policy: r.words("policy"),
		SourceURL: r.words("source_url"), FromAt: r.date("from"), UntilAt: r.until("until"), ApprovedBy: r.words("approved_by"),
		ApprovedAt: r.p.now,
	}
	r.ordered("from", "until", p.FromAt, p.UntilAt)
	if p.ID == "" {
		p.ID = drawnID("p_", p.Product, p.Spec, p.Package, p.Province, p.City, p.Kind, r.raw("from"))
	}
	return p
}

func (r *record) inviteRow() store.Invite {
	in := store.Invite{Code: strings.ToUpper(r.id("code")), Note: r.words("note"), MaxUses: r.whole("uses", 1), ExpiresAt: r.until("until")}
	c := r.p.columns["code"]
	switch {
	case in.Code == "":
		in.Code = r.p.drawCode(r.line)
	case len(in.Code) != 6 || strings.Trim(in.Code, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "":
		r.wrong(c, "bad_code", in.Code)
	}
	return in
}

// drawCode gives the row six letters and digits that nobody mixes up when reading them aloud: the same ones however often the row is read.
func (p *plan) drawCode(line int) string {
	if code := p.drawn[line]; code != "" {
		return code
	}
	code := rand.Text()[:6]
	p.drawn[line] = code
	p.report.Fresh = append(p.report.Fresh, code)
	return code
}

func (r *record) repRow() store.RepRow {
	rep := store.Rep{
		UserID: r.id("userid"), Name: r.person("name"), FilingNo: r.words("filing_no"), FilingUntil: r.until("filing_until"),
		Active: r.choice("active") != "no", Employer: r.words("employer"), Team: r.words("team"), CommittedAt: r.date("committed"),
	}
	return store.RepRow{Rep: rep, Territories: r.territories()}
}

// territories reads hospitals, provinces, or everything; nil = the cell is empty.
func (r *record) territories() []store.Territory {
	text, c := r.text("territories")
	var out []store.Territory
	for _, part := range strings.FieldsFunc(text, commas) {
		part = strings.TrimSpace(part)
		kind, value, _ := strings.Cut(strings.ReplaceAll(part, "\uff1a", ":"), ":")
		value = strings.TrimSpace(value)
		t := store.Territory{Kind: r.p.words.codes["territory"][strings.ToLower(strings.TrimSpace(kind))]}
		if t.Kind == "" {
			t.Kind, value = store.TerritoryHospital, part
		}
		switch {
		case r.p.words.codes["yesno"][part] == "no":
			return []store.Territory{}
		case t.Kind == store.TerritoryHospital:
			id, n := r.p.known.hospital(value)
			if id == "" && n > 1 {
				r.wrong(c, "many_hospitals", value, n)
			} else if id == "" {
				r.wrong(c, "no_territory", part)
			}
			t.Value = id
		case t.Kind == store.TerritoryProvince:
			if t.Value = r.p.words.place(value); t.Value == "" {
				r.wrong(c, "no_territory", part)
			}
		}
		out = append(out, t)
	}
	return out
}
