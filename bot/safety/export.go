package safety

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/vrep/vrep/store"
)

// Element is one data element of a safety report by its number and name in ICH E2B(R3). Absent elements are left out: the safety database asks for them.
type Element struct {
	ID    string `json:"id"`
	Name  string `json:"name"`
	Value string `json:"value"`
}

// Report is a case in the terms of ICH E2B(R3) with the Chinese regional use. The XML is written by the safety database.
type Report struct {
	Standard string    `json:"standard"`
	Region   string    `json:"region"`
	Elements []Element `json:"elements"`
}

// yesNo are the values of the E2B flags.
var yesNo = map[bool]string{true: "true", false: "false"}

// Export writes a case as JSON mapped to E2B names. company is the sender.
func (d *Desk) Export(f store.CaseFile, company string) ([]byte, error) {
	r := Report{Standard: "ICH E2B(R3)", Region: "CN"}
	add := func(id, name, value string) {
		if value = strings.TrimSpace(value); value != "" {
			r.Elements = append(r.Elements, Element{ID: id, Name: name, Value: value})
		}
	}
	c := f.Case
	add("C.1.1", "Sender's (case) Safety Report Unique Identifier", c.No)
	add("C.1.2", "Date of Creation", d.stamp(d.now().UnixMilli()))
	add("C.1.3", "Type of Report", "1")
	add("C.1.4", "Date Report Was First Received from Source", d.stamp(c.OpenedAt))
	add("C.1.5", "Date of Most Recent Information for This Report", d.stamp(c.UpdatedAt))
	add("C.1.7", "Does This Case Fulfil the Local Criteria for an Expedited Report?", yesNo[c.Serious || c.Unlisted || c.Death])
	add("C.1.8.1", "Worldwide Unique Case Identification Number", c.Reference)
	add("C.2.r.1", "Reporter's Name", c.Reporter)
	add("C.2.r.2.1", "Reporter's Organisation", f.Who.HospitalName)
	add("C.2.r.2.2", "Reporter's Department", f.Who.Department)
	add("C.2.r.3", "Reporter's Country Code", "CN")
	add("C.2.r.4", "Qualification", d.qualification(f))
	add("C.3.1", "Sender Type", "1")
	add("C.3.2", "Sender's Organisation", company)
	add("D.2.2a", "Age at Time of Onset of Reaction / Event (number)", d.age(c.Patient))
	add("D.5", "Sex", match(d.words.Sex, c.Patient))
	add("D.7.2", "Text for Relevant Medical History", told(c)["concomitant"])
	add("E.i.1.1a", "Reaction / Event as Reported by the Primary Source", c.Event)
	d.seriousness(c, add)
	add("E.i.4", "Date of Start of Reaction / Event", c.Onset)
	add("E.i.7", "Outcome of Reaction / Event at the Time of Last Observation", told(c)["outcome"])
	add("G.k.1", "Characterisation of Drug Role", "1")
	add("G.k.2.2", "Medicinal Product Name as Reported by the Primary Source", c.Product)
	add("G.k.4.r.7", "Batch / Lot Number", told(c)["batch"])
	add("G.k.4.r.8", "Dosage Text", told(c)["dose"])
	add("H.1", "Case Narrative Including Clinical Course, Therapeutic Measures, Outcome and Additional Relevant Information", narrative(f))
	b, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("encoding a report: %w", err)
	}
	return b, nil
}

// seriousness are the criteria, named one by one: what nobody has said is left out unless the case is not serious at all.
func (d *Desk) seriousness(c store.Case, add func(id, name, value string)) {
	how := c.SeriousHow + " " + told(c)["serious"]
	for _, x := range []struct{ id, name, code string }{
		{"E.i.3.2a", "Results in Death", "death"}, {"E.i.3.2b", "Life Threatening", "life"}, {"E.i.3.2c", "Caused / Prolonged Hospitalisation", "hospital"},
		{"E.i.3.2d", "Disabling / Incapacitating", "disability"}, {"E.i.3.2e", "Congenital Anomaly / Birth Defect", "congenital"},
		{"E.i.3.2f", "Other Medically Important Condition", "important"},
	} {
		named := x.code == "death" && c.Death
		for _, w := range d.words.Serious[x.code] {
			named = named || strings.Contains(how, w)
		}
		switch {
		case named:
			add(x.id, x.name, "true")
		case !c.Serious:
			add(x.id, x.name, "false")
		}
	}
}

// stamp is a time in the format of HL7: to the second, with the zone.
func (d *Desk) stamp(ms int64) string {
	if ms == 0 {
		return ""
	}
	return time.UnixMilli(ms).In(d.zone).Format("20060102150405-0700")
}

// qualification is the code of who reports: 1 physician, 2 pharmacist.
func (d *Desk) qualification(f store.CaseFile) string {
	for _, w := range d.words.Pharmacist {
		if strings.Contains(f.Who.Title, w) {
			return "2"
		}
	}
	return "1"
}

var years = regexp.MustCompile(`(\d{1,3})\s*`)

// age is the number before the word for years, "" when there is none.
func (d *Desk) age(patient string) string {
	for _, m := range years.FindAllStringSubmatchIndex(patient, -1) {
		if strings.HasPrefix(patient[m[1]:], d.words.Age) {
			return patient[m[2]:m[3]]
		}
	}
	return ""
}

// match is the code whose words the text holds.
func match(codes map[string][]string, text string) string {
	for _, code := range []string{"1", "2"} {
		for _, w := range codes[code] {
			if strings.Contains(text, w) {
				return code
			}
		}
	}
	return ""
}

// told is what the intake collected beside the columns.
func told(c store.Case) map[string]string {
	fields := map[string]string{}
	if json.Unmarshal([]byte(c.Fields), &fields) != nil {
		return nil
	}
	return fields
}

// narrative is what was said, in the order in which it was.
func narrative(f store.CaseFile) string {
	lines := []string{f.Case.Words, f.Event}
	for _, w := range f.Told {
		lines = append(lines, w.Words)
	}
	return strings.Join(lines, "\n")
}
