/**
 * A tree of stacks in, a flame graph out: one SVG file that needs nothing else, reads as a still picture and, opened in
 * a browser, zooms, searches and works from the keyboard.
 */
//FILES lib/flame/flame.css=flame.css
//FILES lib/flame/flame.js=flame.js
package lib.flame;
