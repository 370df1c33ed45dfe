package store

import "strings"

// BareQuestion takes the printed choices off a question as the doctor saw it, for people who read the answer later. Choices are the last two or more
// lines of a mark, a dot, a space and a label; one line may follow them. Records keep the whole text. A text of nothing but choices stays as it is.
func BareQuestion(asked string) string {
	asked = strings.TrimSpace(asked)
	lines := strings.Split(asked, "\n")
	end := len(lines)
	if end > 2 && choiceMark(lines[end-1]) == "" {
		end--
	}
	start := end
	for start > 0 {
		mark := choiceMark(lines[start-1])
		if mark == "" {
			break
		}
		start--
		if mark == "1" { // an earlier list belongs to the question
			break
		}
	}
	bare := strings.TrimSpace(strings.Join(lines[:start], "\n"))
	if end-start < 2 || bare == "" {
		return asked
	}
	return bare
}

// maxMark is the length of the longest mark that stands before a choice, in bytes.
const maxMark = 3

// choiceMark is what stands before the dot of a printed choice, "" for any other line.
func choiceMark(line string) string {
	mark, label, ok := strings.Cut(line, ". ")
	if !ok || mark == "" || len(mark) > maxMark || strings.TrimSpace(label) == "" {
		return ""
	}
	for _, r := range mark {
		if (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z') {
			return ""
		}
	}
	return mark
}

// Consenting tells whether an answer is the doctor's decision about a consent, which Consents holds with its wording.
func (r *DoctorRecord) Consenting(a Answer) bool {
	for _, c := range r.Consents {
		if c.Seq == a.Seq && c.Asked == a.Asked {
			return true
		}
	}
	return false
}
