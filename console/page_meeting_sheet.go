package console

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/vrep/vrep/store"
)

// sheetMost is the most lines of one sheet of who came.
const sheetMost = 2000

// wideComma is the comma of Chinese keyboards.
const wideComma = 0xFF0C

// presenceProblem is a line of a sheet that cannot be taken.
type presenceProblem struct {
	Line int
	Text string
	Why  string // code of the word group sheetproblem
}

// splitSheet cuts what was pasted at blanks, tabs and commas.
func splitSheet(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return unicode.IsSpace(r) || r == ',' || r == wideComma })
}

// expectedSheet are the lines of those who accepted and of whom nothing is recorded; by id for whoever sees no names.
func expectedSheet(v *request, f store.MeetingFile) string {
	var lines []string
	for _, p := range f.People {
		if p.Answer != store.RsvpAccept || p.Came != "" {
			continue
		}
		name := p.Doctor
		if p.Who.Name != "" && !v.masked() {
			name = p.Who.Name
		}
		lines = append(lines, name)
	}
	return strings.Join(lines, "\n")
}

// recordPresence takes a sheet of who came, whole or not at all.
func (c *Console) recordPresence(w http.ResponseWriter, v *request) error {
	sheet := v.PostForm.Get("sheet")
	rows, problems, err := c.readSheet(v, sheet)
	if err != nil {
		return err
	}
	if len(problems) == 0 && len(rows) > 0 {
		return c.meetingDone(w, v, c.room.Presence(v.Context(), v.PathValue("id"), rows), "meeting_counted")
	}
	p, err := c.meetingPage(v)
	if err != nil {
		return err
	}
	if p.Problems, p.Sheet = problems, sheet; len(problems) == 0 {
		p.Problems = []presenceProblem{{Line: 1, Why: "empty"}}
	}
	return c.again(w, v, "meeting", p)
}

// readSheet reads lines of a name or id, minutes, and how the doctor came or that the doctor did not.
func (c *Console) readSheet(v *request, sheet string) (rows []store.Presence, problems []presenceProblem, err error) {
	lines := strings.Split(sheet, "\n")
	if len(lines) > sheetMost {
		return nil, []presenceProblem{{Line: sheetMost, Why: "long"}}, nil
	}
	var names []string
	for _, line := range lines {
		if parts := splitSheet(line); len(parts) > 0 && !v.masked() && !doctorID.MatchString(parts[0]) {
			names = append(names, parts[0])
		}
	}
	known, err := c.store.Attendees(v.Context(), v.PathValue("id"), names)
	if err != nil {
		return nil, nil, err
	}
	for i, line := range lines {
		parts := splitSheet(line)
		if len(parts) == 0 {
			continue
		}
		row, why := c.readPresence(parts)
		if why == "" && row.Doctor == "" {
			row.Doctor, why = meant(known, parts[0])
		}
		if why != "" && row.Doctor == "" && v.masked() { // a name that finds somebody would tell whose number it is
			why = "masked"
		}
		if why == "" && slices.ContainsFunc(rows, func(r store.Presence) bool { return r.Doctor == row.Doctor }) {
			why = "twice"
		}
		if why != "" {
			problems = append(problems, presenceProblem{Line: i + 1, Text: cut(line, 60), Why: why})
			continue
		}
		rows = append(rows, row)
	}
	return rows, problems, nil
}

// readPresence reads what stands behind the name; why is what is wrong.
func (c *Console) readPresence(parts []string) (row store.Presence, why string) {
	if row.Came = true; doctorID.MatchString(parts[0]) {
		row.Doctor = parts[0]
	}
	for _, part := range parts[1:] {
		minutes, err := strconv.Atoi(strings.TrimSuffix(part, c.words.word("span", "minute")))
		way := slices.IndexFunc(store.MeetingWays, func(w string) bool { return c.words.word("way", w) == part || w == part })
		switch {
		case err == nil && minutes >= 0 && minutes <= 24*60:
			row.Minutes = minutes
		case way >= 0:
			row.Way = store.MeetingWays[way]
		case part == c.words.word("came", store.DidMiss):
			row.Came = false
		default:
			return row, "part"
		}
	}
	return row, ""
}

// meant is the doctor of a name: the one on the list, else the only one.
func meant(known []store.Attendee, name string) (id, why string) {
	var listed, others []string
	for _, k := range known {
		switch {
		case k.Name != name:
		case k.Listed:
			listed = append(listed, k.ID)
		default:
			others = append(others, k.ID)
		}
	}
	switch {
	case len(listed) == 1:
		return listed[0], ""
	case len(listed)+len(others) == 0:
		return "", "unknown"
	case len(listed) == 0 && len(others) == 1:
		return others[0], ""
	}
	return "", "several"
}
