package store

import (
	"context"
	"fmt"
	"strings"
)

// MasterDoctor is a doctor of a spreadsheet.
type MasterDoctor struct {
	Key          string // id in the master data of the house; "" = drawn from the person, see PersonKey
	Name         string
	Hospital     string // id of the hospital; "" = not in the master data
	HospitalName string
	Department   string // label
	Title        string // label; positions are a value of their own
	Values       []ImportedValue
}

// ImportedValue is one value of the portrait as a spreadsheet gives it.
type ImportedValue struct {
	Field string
	Value string // JSON
	Label string
}

// Confidence of a value that came by import, in percent: a list of the house is older than what a doctor says.
const importConfidence = 80

// PersonKey stands for the master key of a doctor who has none: the same name in the same department of the same hospital is the same person.
func PersonKey(name, hospital, department string) string {
	return "~" + newID("person", name, hospital, department)
}

// drawn tells whether a master key was made by PersonKey.
func drawn(key string) bool { return strings.HasPrefix(key, "~") }

// place is what tells a doctor's workplace: the hospital's id where it is known.
func (r MasterDoctor) place() string {
	if r.Hospital != "" {
		return r.Hospital
	}
	return r.HospitalName
}

// Person is what tells the doctor when no master key does, see PersonKey.
func (r MasterDoctor) Person() string { return PersonKey(r.Name, r.place(), r.Department) }

func personOf(d Doctor) string {
	return MasterDoctor{Name: d.Name, Hospital: d.Hospital, HospitalName: d.HospitalName, Department: d.Department}.Person()
}

// takenDoctor is a row with the doctor that it is about.
type takenDoctor struct {
	row   MasterDoctor
	id    string
	old   *Doctor // nil = new
	rekey bool    // the doctor gets the key of the row in place of a drawn one
}

// ImportDoctors writes doctors of master data. A row is the doctor with its master key, followed to where that one was merged; else the one with the same
// name, hospital and department of whom no other master key is known; else a new one, who does not follow yet. Values become observations with source
// import. What a doctor said, a rep reported or a person typed stays in front of them.
func (s *Store) ImportDoctors(ctx context.Context, im Import, rows Batches[MasterDoctor]) (Counts, error) {
	return take(ctx, s, im, rows, func(in *intake, batch []MasterDoctor) error {
		found, err := in.findDoctors(batch)
		if err != nil {
			return err
		}
		return in.writeDoctors(found)
	})
}

// findDoctors finds whom each row is about. Two rows about one doctor are joined: of two values the later one counts.
func (in *intake) findDoctors(batch []MasterDoctor) ([]takenDoctor, error) {
	byKey, err := in.doctorsByKey(batch)
	if err != nil {
		return nil, err
	}
	byPerson, err := in.doctorsByPerson(batch, byKey)
	if err != nil {
		return nil, err
	}
	var out []takenDoctor
	at := map[string]int{}
	for _, row := range batch {
		t := takenDoctor{row: row, old: byKey[row.key()]}
		if t.old == nil {
			t.old, t.rekey = whom(byPerson[row.Person()], row.Key)
		}
		if t.old == nil {
			t.id = in.freshID(row.key())
		} else {
			t.id = t.old.ID
		}
		if i, twice := at[t.id]; twice {
			out[i].row = oneRow(out[i].row, row)
			in.counts.Merged++
			continue
		}
		at[t.id] = len(out)
		out = append(out, t)
	}
	return out, nil
}

// freshID is the id of a doctor whom the import brings. It begins with a number that grows from row to row: rows that are written together lie together in
// every index by doctor, which makes a large import several times as quick as scattered ids do. What follows is drawn anew
// for each run: a key may have had a doctor before who was merged or erased.
func (in *intake) freshID(key string) string {
	if id := in.fresh[key]; id != "" {
		return id
	}
	id := fmt.Sprintf("%08x", len(in.fresh)) + newID("master", in.salt, key)[:24]
	in.fresh[key] = id
	return id
}

// key is the master key of the row, drawn where it has none.
func (r MasterDoctor) key() string {
	if r.Key != "" {
		return r.Key
	}
	return r.Person()
}

// whom picks among doctors with the same name, hospital and department. A row with a key of its own is only somebody whose key was drawn, who then gets
// it; a row without one is the only one there is.
func whom(same []Doctor, key string) (*Doctor, bool) {
	if key == "" {
		if len(same) == 1 {
			return &same[0], false
		}
		return nil, false
	}
	for i := range same {
		if same[i].MasterKey != nil && drawn(*same[i].MasterKey) {
			return &same[i], true
		}
	}
	return nil, false
}

// oneRow is a row with the values of a later row about the same doctor.
func oneRow(a, b MasterDoctor) MasterDoctor {
	keepFilled(&b, MasterDoctor{Key: a.Key, Name: a.Name, Hospital: a.Hospital, HospitalName: a.HospitalName, Department: a.Department, Title: a.Title})
	later := map[string]bool{}
	for _, v := range b.Values {
		later[v.Field] = true
	}
	for _, v := range a.Values {
		if !later[v.Field] {
			b.Values = append(b.Values, v)
		}
	}
	return b
}

// doctorsByKey finds doctors by master key; one that was merged is given as the one that stands for it.
func (in *intake) doctorsByKey(batch []MasterDoctor) (map[string]*Doctor, error) {
	var rows []Doctor
	keys := idsOf(batch, MasterDoctor.key)
	if err := in.tx.Where("account = ? AND master_key IN ?", in.s.Account(), keys).Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("reading doctors by key: %w", err)
	}
	out := make(map[string]*Doctor, len(rows))
	var gone []string
	for i := range rows {
		out[*rows[i].MasterKey] = &rows[i]
		if rows[i].MergedInto != "" {
			gone = append(gone, rows[i].MergedInto)
		}
	}
	for range maxMerges {
		if len(gone) == 0 {
			return out, nil
		}
		var kept []Doctor
		if err := in.tx.Where("account = ? AND id IN ?", in.s.Account(), gone).Find(&kept).Error; err != nil {
			return nil, fmt.Errorf("reading merged doctors: %w", err)
		}
		gone = nil
		for i := range kept {
			for key, d := range out {
				if d.MergedInto == kept[i].ID {
					out[key] = &kept[i]
				}
			}
			if kept[i].MergedInto != "" {
				gone = append(gone, kept[i].MergedInto)
			}
		}
	}
	return out, nil
}

// doctorsByPerson finds doctors of master data with the name, hospital and department of rows that no key has found.
func (in *intake) doctorsByPerson(batch []MasterDoctor, byKey map[string]*Doctor) (map[string][]Doctor, error) {
	var names []string
	want := map[string]bool{}
	for _, r := range batch {
		if byKey[r.key()] == nil && !want[r.Person()] {
			want[r.Person()] = true
			names = append(names, r.Name)
		}
	}
	if len(names) == 0 {
		return nil, nil
	}
	var rows []Doctor
	err := in.tx.Where("account = ? AND name IN ? AND master_key IS NOT NULL AND merged_into = ''", in.s.Account(), names).Order("id").Find(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("reading doctors by name: %w", err)
	}
	out := map[string][]Doctor{}
	for _, d := range rows {
		if p := personOf(d); want[p] {
			out[p] = append(out[p], d)
		}
	}
	return out, nil
}
