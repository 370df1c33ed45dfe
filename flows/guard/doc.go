// Package guard hears in a doctor's words what must never be overlooked: adverse events, special situations, doubts about the quality of a product,
// questions that only medical information answers, requests for benefits, counts of prescriptions, complaints, and patients who could be recognised.
//
// It is a pure leaf: no clock, no I/O, nothing of ours is imported. It decides by words in data/*.yaml and by what stands around them in the sentence.
// For whatever opens a case recall comes before precision: only a plain negation, a condition, a general question, a worry or another house's medicine
// makes it stay silent, and a person judges what it opens. It never says anything about cause, and it never closes anything.
//
// Invariants: the same text and context give the same findings; a text of any length and encoding gives an answer without panic; positions are bytes of
// the text as it came. Sources of the classes: ICH E2A (seriousness), ICH E2D and the Chinese measures on reporting (special situations), the house rules
// on medical information.
package guard
