package store

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
)

// maxStanding is the width of doctors.standing.
const maxStanding = 700

// Stand is where a talk stands in one flow: at which question of which version. A talk that has called a flow, or was pushed aside by an urgent one,
// stands in several.
type Stand struct {
	Flow     string
	Hash     string
	Question string // id; "" = not known (talks that began before this was kept)
}

// JoinStands is the value of Doctor.Standing for the places at which a talk stands, outermost first. Places that do not fit are left out, outermost first.
func JoinStands(stands []Stand) string {
	parts := make([]string, len(stands))
	for i, st := range stands {
		parts[i] = st.Flow + "@" + st.Hash + "#" + st.Question
	}
	for len(parts) > 0 {
		if joined := strings.Join(parts, " "); len(joined) <= maxStanding {
			return joined
		}
		parts = parts[1:]
	}
	return ""
}

// splitStands reads Doctor.Standing.
func splitStands(standing string) []Stand {
	var out []Stand
	for part := range strings.FieldsSeq(standing) {
		flow, rest, _ := strings.Cut(part, "@")
		hash, question, _ := strings.Cut(rest, "#")
		out = append(out, Stand{Flow: flow, Hash: hash, Question: question})
	}
	return out
}

// OpenTalks is how many doctors stand at one place.
type OpenTalks struct {
	Stand
	Doctors int
}

// OpenTalks counts the talks that are open, by flow, version and question. A talk that stands in several flows counts in each. One range of an index is read.
func (s *Store) OpenTalks(ctx context.Context) ([]OpenTalks, error) {
	var rows []struct {
		Standing string
		Doctors  int
	}
	q := s.read(ctx).Model(&Doctor{}).Select("standing, COUNT(*) AS doctors").Where("account = ? AND standing > ''", s.Account())
	if err := q.Group("standing").Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("counting open talks: %w", err)
	}
	count := map[Stand]int{}
	for _, r := range rows {
		seen := map[Stand]bool{}
		for _, st := range splitStands(r.Standing) {
			if !seen[st] {
				count[st] += r.Doctors
				seen[st] = true
			}
		}
	}
	out := make([]OpenTalks, 0, len(count))
	for st, n := range count {
		out = append(out, OpenTalks{st, n})
	}
	slices.SortFunc(out, func(a, b OpenTalks) int {
		return cmp.Or(cmp.Compare(a.Flow, b.Flow), cmp.Compare(a.Hash, b.Hash), cmp.Compare(a.Question, b.Question))
	})
	return out, nil
}

// CountAnswered counts the doctors who have answered at least one of some questions of a flow since a time (unix ms), in whichever version.
func (s *Store) CountAnswered(ctx context.Context, flow string, questions []string, since int64) (int64, error) {
	var n int64
	q := s.read(ctx).Model(&Answer{}).Where("account = ? AND at >= ? AND flow = ? AND question IN ? AND retracted_at = 0", s.Account(), since, flow, questions)
	if err := q.Distinct("conversation").Count(&n).Error; err != nil {
		return 0, fmt.Errorf("counting answers: %w", err)
	}
	return n, nil
}

// FlowVersions lists the kept versions of a flow without their files, newest first.
func (s *Store) FlowVersions(ctx context.Context, flow string) ([]FlowVersion, error) {
	var rows []FlowVersion
	q := s.read(ctx).Select("hash, account, flow, at").Where("account = ? AND flow = ?", s.Account(), flow)
	if err := q.Order("at DESC, hash").Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("reading flow versions: %w", err)
	}
	return rows, nil
}
