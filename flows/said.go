package flows

import "strings"

// Said turns a line of a script, a test or a terminal into what reaches the talk. A line in square brackets is no text: the house's word for a picture,
// a voice message or a place (said_image, said_voice, said_location of the fixed lines), with what came along behind it: the recognised words, the
// coordinates and the name of the place. Everything else is typed.
func (lib *Library) Said(line string) Input {
	inner, ok := strings.CutPrefix(line, "[")
	inner, closed := strings.CutSuffix(inner, "]")
	if !ok || !closed {
		return Input{Kind: InText, Text: line}
	}
	word, rest, _ := strings.Cut(inner, " ")
	rest = strings.TrimSpace(rest)
	switch word {
	case lib.line("said_image"):
		return Input{Kind: InImage, Media: "image-1"}
	case lib.line("said_voice"):
		if rest != "" {
			return Input{Kind: InText, Text: rest, Media: "voice-1"}
		}
		return Input{Kind: InVoice, Media: "voice-1"}
	case lib.line("said_location"):
		place, label, _ := strings.Cut(rest, " ")
		return Input{Kind: InLocation, Place: place, Text: strings.TrimSpace(label)}
	}
	return Input{Kind: InText, Text: line}
}
