package flows

// location: a place on the map; the value is "latitude,longitude", the label the name of the place.
func kindLocation() *questionKind {
	k := mediaKind("location", InLocation, "said_location")
	k.label = func(_ *Engine, _ *Question, v Value) string { return v.Str() }
	return k
}
