package cond

import "unicode/utf8"

// Nearest returns the candidate with the smallest edit distance (a swap of
// neighbours counts once) to word, or "" when none is near: one slip for words
// of up to four characters, two for longer ones. The first of equals wins.
func Nearest(word string, of []string) string {
	limit := 2
	if utf8.RuneCountInString(word) <= 4 {
		limit = 1
	}
	best := ""
	for _, c := range of {
		if c == word {
			continue
		}
		if d := distance(word, c, limit); d <= limit {
			best, limit = c, d-1
		}
	}
	return best
}

// distance is the optimal string alignment distance, or limit+1 when larger.
func distance(a, b string, limit int) int {
	s, t := []rune(a), []rune(b)
	if len(s) > 64 || len(t) > 64 || len(s)-len(t) > limit || len(t)-len(s) > limit {
		return limit + 1
	}
	prev2, prev, cur := make([]int, len(t)+1), make([]int, len(t)+1), make([]int, len(t)+1)
	for j := range prev {
		prev[j] = j
	}
	for i := 1; i <= len(s); i++ {
		cur[0] = i
		for j := 1; j <= len(t); j++ {
			cost := 1
			if s[i-1] == t[j-1] {
				cost = 0
			}
			cur[j] = min(prev[j]+1, cur[j-1]+1, prev[j-1]+cost)
			if i > 1 && j > 1 && s[i-1] == t[j-2] && s[i-2] == t[j-1] {
				cur[j] = min(cur[j], prev2[j-2]+1)
			}
		}
		prev2, prev, cur = prev, cur, prev2
	}
	return prev[len(t)]
}
