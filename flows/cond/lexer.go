package cond

import (
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

type tokenKind uint8

const (
	tokEnd tokenKind = iota
	tokNumber
	tokText // quoted
	tokWord // name, code or keyword
	tokSign // operator or bracket
)

type token struct {
	kind     tokenKind
	text     string // word, sign, or the content of a quoted text
	num      float64
	pos, end int
}

// fullWidth maps signs that a Chinese keyboard gives to what the language wants.
var fullWidth = map[rune]string{
	'\uff08': "(", '\uff09': ")", '\uff0c': ",", '\uff1e': ">", '\uff1c': "<", '\uff1d': "==", '\uff01': "!=",
	'\u201c': `"`, '\u201d': `"`, '\u2018': `"`, '\u2019': `"`, '\uff02': `"`, '\uff3b': "[", '\uff3d': "]",
	'\u3010': "[", '\u3011': "]", '\uff0b': "+", '\uff0d': "-", '\uff0a': "*", '\uff0f': "/", '\u00d7': "*", '\u00f7': "/",
	'\u3001': ",", '\u2265': ">=", '\u2264': "<=", '\u2260': "!=", '\u3000': " ", '\uff0e': ".",
}

var useWord = map[string]string{"&&": "and", "||": "or", "!": "not", "=": "==", "<>": "!=", "&": "and", "|": "or"}

// lex cuts src into tokens; the last one is tokEnd.
func lex(src string) ([]token, *Problem) {
	toks := make([]token, 0, len(src)/3+2)
	for i := 0; i < len(src); {
		r, size := utf8.DecodeRuneInString(src[i:])
		switch {
		case r == ' ' || r == '\t' || r == '\n' || r == '\r':
			i += size
			continue
		case r == '"' || r == '\'':
			t, p := lexText(src, i)
			if p != nil {
				return nil, p
			}
			toks, i = append(toks, t), t.end
			continue
		case isWordRune(r):
			if t, ok := lexDate(src, i); ok {
				if _, ok := dayOf(t.text); !ok {
					return nil, &Problem{Offset: i, Length: t.end - i, Code: ProblemNoSuchDay, Args: map[string]string{"got": src[i:t.end]}}
				}
				toks, i = append(toks, t), t.end
				continue
			}
			t, p := lexWord(src, i)
			if p != nil {
				return nil, p
			}
			toks, i = append(toks, t), t.end
			continue
		}
		if p := roundIndex(src, i, toks); p != nil {
			return nil, p
		}
		t, p := lexSign(src, i, r, size)
		if p != nil {
			return nil, p
		}
		toks, i = append(toks, t), t.end
	}
	return append(toks, token{kind: tokEnd, pos: len(src), end: len(src)}), nil
}

// roundIndex reports a number in brackets right behind a name, as the rounds of a block are named elsewhere.
func roundIndex(src string, at int, before []token) *Problem {
	n := len(before) - 1
	if src[at] != '[' || n < 0 || before[n].kind != tokWord || before[n].end != at || keywords[before[n].text] {
		return nil
	}
	end := strings.IndexByte(src[at:], ']')
	if end < 2 || strings.Trim(src[at+1:at+end], "0123456789") != "" {
		return nil
	}
	start := before[n].pos
	return &Problem{Offset: start, Length: at + end + 1 - start, Code: ProblemRoundIndex, Args: map[string]string{"name": before[n].text}}
}

func isWordRune(r rune) bool {
	return r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r)
}

// reDate is a day as it may stand without quotes. No sum begins like that: four figures, then one or two, then one or two, without blanks.
var reDate = regexp.MustCompile(`^([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})`)

// lexDate reads a day without quotes as the text that it would be with them.
func lexDate(src string, start int) (token, bool) {
	if src[start] < '0' || src[start] > '9' {
		return token{}, false
	}
	m := reDate.FindStringSubmatch(src[start:])
	if m == nil {
		return token{}, false
	}
	end := start + len(m[0])
	if next, _ := utf8.DecodeRuneInString(src[end:]); isWordRune(next) || next == '-' || next == '.' && !strings.HasPrefix(src[end:], "..") {
		return token{}, false
	}
	return token{kind: tokText, text: m[1] + "-" + two(m[2]) + "-" + two(m[3]), pos: start, end: end}, true
}

func two(figures string) string { return "00"[:2-len(figures)] + figures }

func lexWord(src string, start int) (token, *Problem) {
	i := start
	for i < len(src) {
		r, size := utf8.DecodeRuneInString(src[i:])
		if r == '.' {
			next, _ := utf8.DecodeRuneInString(src[i+1:])
			if !isWordRune(next) {
				break
			}
		} else if !isWordRune(r) {
			break
		}
		i += size
	}
	w := src[start:i]
	if w[0] < '0' || w[0] > '9' || strings.Trim(w, "0123456789.") != "" {
		return token{kind: tokWord, text: w, pos: start, end: i}, nil
	}
	f, err := strconv.ParseFloat(w, 64)
	if err != nil {
		return token{}, &Problem{Offset: start, Length: i - start, Code: ProblemCharacter, Args: map[string]string{"got": w}}
	}
	return token{kind: tokNumber, text: w, num: f, pos: start, end: i}, nil
}

func lexText(src string, start int) (token, *Problem) {
	var b strings.Builder
	quote := src[start]
	for i := start + 1; i < len(src); i++ {
		switch c := src[i]; {
		case c == quote:
			return token{kind: tokText, text: b.String(), pos: start, end: i + 1}, nil
		case c == '\\' && i+1 < len(src) && (src[i+1] == quote || src[i+1] == '\\'):
			i++
			b.WriteByte(src[i])
		default:
			b.WriteByte(c)
		}
	}
	return token{}, &Problem{Offset: start, Length: len(src) - start, Code: ProblemUnclosed, Args: map[string]string{"what": string(quote)}}
}

func lexSign(src string, start int, r rune, size int) (token, *Problem) {
	two := ""
	if start+2 <= len(src) {
		two = src[start : start+2]
	}
	switch two {
	case "==", "!=", "<=", ">=":
		return token{kind: tokSign, text: two, pos: start, end: start + 2}, nil
	case "&&", "||", "<>":
		return token{}, &Problem{Offset: start, Length: 2, Code: ProblemUseWord, Args: map[string]string{"got": two, "want": useWord[two]}}
	}
	one := src[start : start+size]
	if strings.Contains("<>+-*/()[],", one) {
		return token{kind: tokSign, text: one, pos: start, end: start + size}, nil
	}
	if want, ok := useWord[one]; ok {
		return token{}, &Problem{Offset: start, Length: size, Code: ProblemUseWord, Args: map[string]string{"got": one, "want": want}}
	}
	if want, ok := fullWidth[r]; ok {
		return token{}, &Problem{Offset: start, Length: size, Code: ProblemFullWidth, Args: map[string]string{"got": one, "want": want}}
	}
	return token{}, &Problem{Offset: start, Length: size, Code: ProblemCharacter, Args: map[string]string{"got": strings.ToValidUTF8(one, "?")}}
}
